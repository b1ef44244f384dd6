import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterEach, expect, test, vi } from 'vitest';
import { makeGraph, makeModel, makeNode, makeTensor, makeValue } from '../../backbones/onnx/build.js';
import { decodeModel, encodeModel } from '../../backbones/onnx/codec.js';
import { DATA_TYPE } from '../../backbones/onnx/model.js';
import { openRewritten } from '../../engines/onnx/open-rewritten.js';
import type { WinogradUse } from '../../engines/onnx/plan-rewriting.js';
import { rewriteConvolutions } from '../../engines/winograd/rewrite-convolutions.js';
import { temporaryFolder } from '../support/temporary-folder.js';

afterEach(() => vi.unstubAllEnvs());

const SIDE = 8;

function makeNetwork(inputs: number, outputs: number): Uint8Array {
  const kernels = Float32Array.from({ length: outputs * inputs * 9 }, (_, at) => Math.sin(at * 1.7) / inputs);
  const graph = makeGraph('network', {
    node: [makeNode('Conv', ['x', 'kernels'], 'y', { pads: [1, 1, 1, 1] })],
    initializer: [makeTensor('kernels', [outputs, inputs, 3, 3], kernels)],
    input: [makeValue('x', DATA_TYPE.float, ['N', inputs, SIDE, SIDE])],
    output: [makeValue('y', DATA_TYPE.float, ['N', outputs, SIDE, SIDE])],
  });
  return encodeModel(makeModel(graph));
}

const rewritingFor = (winograd: WinogradUse) => ({ winograd, microBatch: 1 });

const pathOf = (network: string | Uint8Array): string => {
  if (typeof network === 'string') return network;
  throw new Error('Expected a file, received bytes.');
};

async function runNetwork(network: string | Uint8Array, inputs: number): Promise<unknown> {
  const options = { intraOpNumThreads: 1, logSeverityLevel: 3 } as const;
  const session = await (typeof network === 'string'
    ? InferenceSession.create(network, options)
    : InferenceSession.create(network, options));
  const length = inputs * SIDE * SIDE;
  const pictures = Float32Array.from({ length }, (_, at) => Math.sin(at * 0.37));
  const { y } = await session.run({ x: new Tensor('float32', pictures, [1, inputs, SIDE, SIDE]) });
  return y?.data;
}

test('hands over a file with its weights beside it, which gives the same bits as one in memory, and removes both', async () => {
  const bytes = makeNetwork(128, 256);
  const expected = await runNetwork(encodeModel(rewriteConvolutions(decodeModel(bytes, 'it'))), 128);
  let folder = '';
  const received = await openRewritten(bytes, rewritingFor('where-faster'), async (network) => {
    folder = dirname(pathOf(network));
    expect((await readdir(folder)).sort()).toEqual(['network.onnx', 'weights.bin']);
    expect((await readFile(pathOf(network))).length).toBeLessThan(100_000);
    return runNetwork(network, 128);
  });
  expect(received).toEqual(expected);
  expect(existsSync(folder)).toBe(false);
});

test('removes the file where the engine refuses it', async () => {
  let folder = '';
  const opened = openRewritten(makeNetwork(3, 5), rewritingFor('everywhere'), (network) => {
    folder = dirname(pathOf(network));
    return Promise.reject(new Error('refused'));
  });
  await expect(opened).rejects.toThrow('refused');
  expect(folder).not.toBe('');
  expect(existsSync(folder)).toBe(false);
});

test('hands the rewritten network over in memory where no folder can be written', async () => {
  vi.stubEnv('TMPDIR', join(await temporaryFolder(), 'missing'));
  const bytes = makeNetwork(3, 5);
  await openRewritten(bytes, rewritingFor('everywhere'), async (network) => {
    expect(network).toBeInstanceOf(Uint8Array);
    expect(network).not.toBe(bytes);
    await runNetwork(network, 3);
  });
});

test.each<[string, WinogradUse, Uint8Array]>([
  ['few channels', 'where-faster', makeNetwork(3, 5)],
  ['many channels, but rewriting is off', 'nowhere', makeNetwork(128, 256)],
  ['no ONNX file', 'everywhere', Buffer.from('This is not a network.')],
])('hands the bytes on as they came: %s', async (_, use, bytes) => {
  expect(await openRewritten(bytes, rewritingFor(use), (network) => Promise.resolve(network))).toBe(bytes);
});
