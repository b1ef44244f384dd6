import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Backbone } from '../backbones/backbone.js';
import { packageRoot } from '../runs/package-root.js';
import { runBaseline } from './harness/baseline-process.js';
import { decodePictures } from './harness/decoded-pictures.js';
import { openEngineAlone } from './harness/engine-alone.js';
import { benchFile } from './harness/bench-file.js';
import { openExtractionStage } from './harness/extraction-stage.js';
import { findFastest } from './harness/fastest.js';
import { comparePairs } from './harness/pairs.js';
import type { Side } from './harness/pairs.js';
import type { Pass } from './harness/pass.js';
import { unpackPictures } from './harness/pictures.js';
import { openPython } from './harness/python.js';
import { registerInt8, registerVgg16 } from './harness/vgg16-networks.js';

/** For the engines; a multiple of every batch size. */
const PICTURES = 32;
const PAIRS = 7;
const STAGE_PAIRS = 5;
const REQUIREMENTS = ['tensorflow-cpu==2.21.0', 'keras==3.15.1', 'h5py==3.14.0', 'numpy==2.4.6'];
const USAGE = 'npm run bench -- vgg16 [<weights.h5> [<Food-5K-full-300.zip>]]';

interface KerasSetting {
  readonly way: 'predict' | 'function';
  readonly batch: number;
}

const SETTINGS: readonly KerasSetting[] = [8, 16, 32].flatMap((batch) => [
  { way: 'predict', batch },
  { way: 'function', batch },
]);

/**
 * VGG16 in images a second, in pairs: Graft's engine alone, float32 and int8, beside Keras over the same decoded pictures
 * with the same weights, preprocessing included on both sides; then the whole extraction stage beside the engine alone.
 * Keras gets the way of calling it and the batch that are fastest here.
 */
export async function run([typedWeights, typedZip]: readonly string[]): Promise<void> {
  const weights = benchFile(typedWeights, 'vgg16', USAGE);
  const zip = benchFile(typedZip, 'photographs', USAGE);
  const folder = await mkdtemp(join(tmpdir(), 'graft-bench-vgg16-'));
  try {
    await compareEngines(folder, weights, zip);
    await compareStage(folder, weights, zip);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compareEngines(folder: string, weights: string, zip: string): Promise<void> {
  const python = await openPython(REQUIREMENTS);
  const storeFolder = join(folder, 'store');
  const backbone = await registerVgg16(storeFolder, weights);
  const pictures = await unpackPictures(zip, join(folder, 'pictures'), PICTURES);
  const pixels = await decodePictures(pictures, backbone);
  const pixelFile = join(folder, 'pixels.u8');
  await writeFile(pixelFile, pixels);
  const runKeras = (setting: KerasSetting) => measureKeras(python, weights, pixelFile, setting);

  console.log(`VGG16, ${pictures.length} pictures, decoded before. Keras, one pass each:`);
  const fastest = await findFastest(SETTINGS, 1, runKeras, describeSetting);
  const keras = { title: 'Keras', measure: () => runKeras(fastest) };
  console.log(`${PAIRS} pairs, Keras with ${describeSetting(fastest)}:`);
  await compareEngine('float32', backbone, pixels, keras);
  await compareEngine('int8', await registerInt8(storeFolder, backbone, pixels), pixels, keras);
}

async function compareEngine(
  title: string,
  backbone: Backbone,
  pixels: Uint8Array,
  keras: Side,
): Promise<void> {
  const engine = await openEngineAlone(backbone, pixels);
  await comparePairs({ title: `engine, ${title}`, measure: engine.measure }, keras, PAIRS);
  await engine.close();
}

async function compareStage(folder: string, weights: string, zip: string): Promise<void> {
  const stage = await openExtractionStage({
    zip,
    input: { backbone: 'vgg16' },
    prepare: (storeFolder) => registerVgg16(storeFolder, weights),
  });
  try {
    const backbone = await registerVgg16(join(folder, 'store'), weights);
    const engine = await openEngineAlone(backbone, await decodePictures(stage.pictures, backbone));
    console.log(`${stage.pictures.length} pictures, ${STAGE_PAIRS} pairs:`);
    const alone = { title: 'engine alone', measure: engine.measure };
    await comparePairs({ title: 'whole stage', measure: stage.extract }, alone, STAGE_PAIRS);
    console.log(`  The stage's processes: Temporal server + worker + extractor. ${stage.describeMemory()}`);
    await engine.close();
  } finally {
    await stage.close();
  }
}

function measureKeras(
  python: string,
  weights: string,
  pixels: string,
  { way, batch }: KerasSetting,
): Promise<Pass> {
  const script = join(packageRoot, 'bench/baselines/keras-vgg16.py');
  return runBaseline({ command: python, args: [script, weights, pixels, way, String(batch)], lines: [] });
}

const describeSetting = ({ way, batch }: KerasSetting): string =>
  `${way === 'predict' ? 'model.predict' : 'tf.function'}, batches of ${batch}`;
