import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { Backbone } from '../../../backbones/backbone.js';
import { decodeModel, encodeModel } from '../../../backbones/onnx/codec.js';
import type { OnnxModel } from '../../../backbones/onnx/model.js';
import { EngineUnavailable } from '../../../engines/engine-unavailable.js';
import { openTfjsNetwork } from '../../../engines/tfjs/tfjs-network.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { openEfficientNet, openMiniVgg16 } from '../known-networks.js';

const { backbone } = await openMiniVgg16();
const PICTURE = 224 * 224 * 3;

test('calls of any size leave no tensor behind, and neither does a network that is released', async () => {
  await (await openTfjsNetwork(backbone)).release();
  const before = tf.memory().numTensors;
  const network = await openTfjsNetwork(backbone);
  const loaded = tf.memory().numTensors;
  expect(loaded).toBeGreaterThan(before);
  for (const count of [1, 3, 2, 1]) {
    const features = await network.run(new Uint8Array(count * PICTURE), count);
    expect(features).toHaveLength(count * 3136);
    expect(tf.memory().numTensors).toBe(loaded);
  }
  await network.release();
  expect(tf.memory().numTensors).toBe(before);
});

test('a network that is not VGG is refused with the engine that runs it', async () => {
  const { backbone: efficientNet } = await openEfficientNet();
  const failure: unknown = await openTfjsNetwork(efficientNet).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(EngineUnavailable);
  expect(String(failure)).toContain(
    'The engine tfjs runs VGG16 and VGG19; use --engine onnx-cpu for efficientnet-lite0.',
  );
});

test('a quantised network is refused, by its record and by its graph', async () => {
  const sentence = 'The engine tfjs runs no int8 networks: use --engine onnx-cpu for vgg16-mini';
  await expect(openTfjsNetwork({ ...backbone, precision: 'int8' })).rejects.toThrow(sentence);
  const quantised = await change((model) => {
    const [first] = model.graph?.node ?? [];
    if (first !== undefined) first.opType = 'DequantizeLinear';
  });
  await expect(openTfjsNetwork(quantised)).rejects.toThrow(sentence);
});

test.each([
  ['the padding', (model: OnnxModel) => setInts(model, 'Conv', 'pads', [0, 0, 0, 0])],
  ['a pooling', (model: OnnxModel) => setInts(model, 'MaxPool', 'kernel_shape', [3, 3])],
  ['the order of axes', (model: OnnxModel) => setInts(model, 'Transpose', 'perm', [0, 1, 2, 3])],
  ['the activation', (model: OnnxModel) => rename(model, 'Relu', 'Sigmoid')],
  ['the order of colours', (model: OnnxModel) => void findConstant(model, 'bgr').rawData.fill(0)],
  ['a shortcut between layers', (model: OnnxModel) => skipLayer(model)],
  [
    'weights from elsewhere',
    (model: OnnxModel) => void (findConstant(model, 'block3_conv1/kernel').name = 'w'),
  ],
])('VGG with %s changed is another network and is refused', async (_what, edit) => {
  await expect(openTfjsNetwork(await change(edit))).rejects.toThrow('runs VGG16 and VGG19');
});

/** The network after an edit, in a file of its own. */
async function change(edit: (model: OnnxModel) => void): Promise<Backbone> {
  const model = decodeModel(new Uint8Array(await readFile(backbone.file)), backbone.file);
  edit(model);
  const bytes = encodeModel(model);
  const file = join(await temporaryFolder(), 'changed.onnx');
  await writeFile(file, bytes);
  return { ...backbone, file, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function findNode(model: OnnxModel, opType: string) {
  const node = model.graph?.node.find((each) => each.opType === opType);
  if (node === undefined) throw new Error(`The network has no ${opType}.`);
  return node;
}

function findConstant(model: OnnxModel, name: string) {
  const tensor = model.graph?.initializer.find((each) => each.name === name);
  if (tensor === undefined) throw new Error(`The network has no constant ${name}.`);
  return tensor;
}

function setInts(model: OnnxModel, opType: string, name: string, ints: number[]): void {
  const attribute = findNode(model, opType).attribute.find((each) => each.name === name);
  if (attribute === undefined) throw new Error(`${opType} has no ${name}.`);
  attribute.ints = ints;
}

const rename = (model: OnnxModel, from: string, to: string): void => void (findNode(model, from).opType = to);

/** The second convolution reads what the first one read. */
function skipLayer(model: OnnxModel): void {
  const [first, second] = model.graph?.node.filter(({ opType }) => opType === 'Conv') ?? [];
  const [source] = first?.input ?? [];
  if (second === undefined || source === undefined) throw new Error('The network has no second convolution.');
  second.input[0] = source;
}
