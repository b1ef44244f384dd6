import { join } from 'node:path';
import type { Backbone } from '../../backbones/backbone.js';
import { importVgg } from '../../backbones/keras/import-vgg.js';
import { quantizeBackbone } from '../../backbones/quantize/quantize-backbone.js';
import { createBackboneResolver, readNetwork, registerBackbone } from '../../backbones/registry.js';
import { openOnnxProbe } from '../../engines/probe/probe-onnx.js';
import { createFileStore } from '../../storage/file-store.js';

/** Registers VGG16 with a Keras weights file in a store, as `graft backbone add vgg16 --weights` does. */
export async function registerVgg16(storeFolder: string, weights: string): Promise<Backbone> {
  const store = createFileStore(storeFolder);
  await registerBackbone(store, await importVgg({ kind: 'vgg16', file: weights }));
  return createBackboneResolver({ store, cacheFolder: join(storeFolder, '../cache') })('vgg16');
}

/** Registers the int8 network of one that is registered already, as `graft backbone quantize` does. */
export async function registerInt8(
  storeFolder: string,
  backbone: Backbone,
  pixels: Uint8Array,
): Promise<Backbone> {
  const store = createFileStore(storeFolder);
  const rowBytes = backbone.inputSize ** 2 * 3;
  const pictures = Array.from({ length: pixels.length / rowBytes }, (_, row) =>
    pixels.slice(row * rowBytes, (row + 1) * rowBytes),
  );
  const { draft, cosine } = await quantizeBackbone({
    backbone,
    onnx: await readNetwork(store, backbone),
    pictures,
    calibration: `${pictures.length} pictures`,
    name: `${backbone.name}-int8`,
    open: openOnnxProbe,
  });
  console.log(`${draft.name}: mean cosine to float32 ${cosine.toFixed(4)}`);
  await registerBackbone(store, draft);
  return createBackboneResolver({ store, cacheFolder: join(storeFolder, '../cache') })(draft.name);
}
