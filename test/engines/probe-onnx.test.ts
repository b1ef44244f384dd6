import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { makeGraph, makeModel, makeNode, makeTensor, makeValue } from '../../backbones/onnx/build.js';
import { encodeModel } from '../../backbones/onnx/codec.js';
import { DATA_TYPE, type OnnxModel } from '../../backbones/onnx/model.js';
import { resolveBackbone } from '../../backbones/registry.js';
import { EngineUnavailable } from '../../engines/engine-unavailable.js';
import { openOnnxProbe, probeOnnx } from '../../engines/probe/probe-onnx.js';
import { BadInput } from '../../errors/graft-error.js';
import { packageRoot } from '../../runs/package-root.js';
import { isAlive } from '../support/is-alive.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const DOUBLE = makeModel(
  makeGraph('double', {
    node: [makeNode('Add', ['x', 'x'], 'y'), makeNode('Neg', ['x'], 'minus')],
    initializer: [],
    input: [makeValue('x', DATA_TYPE.float, ['N', 2])],
    output: [makeValue('y', DATA_TYPE.float, ['N', 2]), makeValue('minus', DATA_TYPE.float, ['N', 2])],
  }),
);
const FEED = { x: { dims: [1, 2], data: Float32Array.of(1, -3) } };

test('a network tells what it declares and gives what it is asked for', async () => {
  const { inputs, outputs, results } = await probeOnnx({
    network: encodeModel(DOUBLE),
    feeds: FEED,
    outputs: ['y'],
  });
  expect(inputs).toEqual([{ name: 'x', type: 'float32', shape: ['N', 2] }]);
  expect(outputs.map(({ name }) => name)).toEqual(['y', 'minus']);
  expect(results).toEqual({ y: { type: 'float32', dims: [1, 2], data: Float32Array.of(2, -6) } });
});

test('a network is loaded once for many runs', async () => {
  const { file } = await resolveBackbone('efficientnet-lite0');
  const probe = await openOnnxProbe(file);
  const [input] = probe.inputs;
  const pixels = new Uint8Array(2 * 224 * 224 * 3).fill(9);
  const [first, second] = await Promise.all(
    [1, 2].map((count) =>
      probe.run({
        [input?.name ?? '']: {
          dims: [count, 224, 224, 3],
          data: pixels.subarray(0, count * 224 * 224 * 3),
        },
      }),
    ),
  );
  await probe.close();
  expect(Object.values(first ?? {})[0]?.dims).toEqual([1, 1280]);
  expect(Object.values(second ?? {})[0]?.dims).toEqual([2, 1280]);
});

test('a file that is no network, or a feed that does not fit, is refused in one sentence', async () => {
  const garbage = openOnnxProbe(Buffer.from('no network'), { shown: 'garbage.onnx' });
  await expect(garbage).rejects.toThrow(BadInput);
  await expect(garbage).rejects.toThrow(/^garbage\.onnx cannot be run by onnxruntime: .{5,250}\.$/);
  const wrong = { x: { dims: [1, 3], data: Float32Array.of(1, 2, 3) } };
  const misfed = probeOnnx({ network: encodeModel(DOUBLE), feeds: wrong });
  await expect(misfed).rejects.toThrow(BadInput);
  await expect(misfed).rejects.toThrow('the network cannot be run by onnxruntime');
});

test('a process that dies is one sentence, and so is every call after it', async () => {
  const probe = await openOnnxProbe(encodeModel(DOUBLE), { shown: 'double.onnx' });
  if (probe.pid === undefined) throw new Error('There is no process.');
  process.kill(probe.pid, 'SIGKILL');
  await expect(probe.run(FEED)).rejects.toThrow('The process that tries double.onnx was killed by SIGKILL');
  await expect(probe.run(FEED)).rejects.toThrow(EngineUnavailable);
  await probe.close();
});

test('a network that never comes to an end is ended', async () => {
  const endless = probeOnnx({
    network: encodeModel(makeEndless()),
    shown: 'endless.onnx',
    feeds: FEED,
    limitMs: 3_000,
  });
  await expect(endless).rejects.toThrow(
    'The process that tries endless.onnx gave no answer within 3 seconds and was ended.',
  );
});

test('a network that never comes to an end ends with the process that tries it', async () => {
  const folder = await temporaryFolder();
  const network = join(folder, 'endless.onnx');
  await writeFile(network, encodeModel(makeEndless()));
  const script = `
    const { openOnnxProbe } = await import(${JSON.stringify(pathToFileURL(join(packageRoot, 'dist/engines/probe/probe-onnx.js')).href)});
    const probe = await openOnnxProbe(${JSON.stringify(network)});
    void probe.run({ x: { dims: [1, 2], data: Float32Array.of(1, -3) } });
    setTimeout(() => console.log(probe.pid), 500);`;
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', script]);
  const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(printed.toString());
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false);
}, 40_000);

/** Adds x to itself 2^62 times. */
function makeEndless(): OnnxModel {
  const body = makeGraph('body', {
    node: [makeNode('Identity', ['on'], 'go'), makeNode('Add', ['sum', 'x'], 'next')],
    initializer: [],
    input: [
      makeValue('i', DATA_TYPE.int64, []),
      makeValue('on', BOOL, []),
      makeValue('sum', DATA_TYPE.float, ['N', 2]),
    ],
    output: [makeValue('go', BOOL, []), makeValue('next', DATA_TYPE.float, ['N', 2])],
  });
  const loop = makeNode('Loop', ['times', '', 'x'], 'y');
  loop.attribute.push({ name: 'body', type: GRAPH, g: body, floats: [], ints: [], strings: [], graphs: [] });
  return makeModel(
    makeGraph('endless', {
      node: [loop],
      initializer: [makeTensor('times', [], BigInt64Array.of(2n ** 62n))],
      input: [makeValue('x', DATA_TYPE.float, ['N', 2])],
      output: [makeValue('y', DATA_TYPE.float, ['N', 2])],
    }),
  );
}
const BOOL = 9;
const GRAPH = 5;
