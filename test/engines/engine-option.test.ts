import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { requireCudaProvider } from '../../engines/onnx/cuda-provider.js';
import { startGraft } from '../support/graft-command.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const VERBS = [['run', 'sample'], ['up'], ['worker'], ['classify', 'picture.jpg'], ['doctor']];

test.each(VERBS)('graft %s refuses an engine that nobody knows in one sentence', async (...words) => {
  const folder = await temporaryFolder();
  const given = startGraft([...words, '--engine', 'cuda'], { folder, temporalCli: '' });
  const { code, stderr } = await given.ended;
  expect([code, stderr.split('\n')[0]]).toEqual([
    2,
    "error: option '--engine <name>' argument 'cuda' is invalid. Allowed choices are onnx-cpu, onnx-cuda, tfjs.",
  ]);
});

test('the environment names an engine, too, and is held to the same names', async () => {
  const folder = await temporaryFolder();
  const environment = { GRAFT_ENGINE: 'gpu' };
  const { code, stderr } = await startGraft(['worker'], { folder, temporalCli: '', environment }).ended;
  expect([code, stderr.split('\n')[0]]).toEqual([
    2,
    "error: option '--engine <name>' value 'gpu' from env 'GRAFT_ENGINE' is invalid. Allowed choices are onnx-cpu, onnx-cuda, tfjs.",
  ]);
});

test.skipIf(hasCuda()).each([['run', 'sample'], ['up'], ['worker']])(
  'graft %s --engine onnx-cuda starts no server where the engine is not installed',
  async (...words) => {
    const folder = await temporaryFolder();
    const { ended } = startGraft([...words, '--engine', 'onnx-cuda'], { folder, temporalCli: '' });
    const { code, stderr } = await ended;
    expect(code).toBe(4);
    expect(stderr).toMatch(/^graft: The engine onnx-cuda (needs|runs on) [^\n]+\n$/);
    expect(await readdir(folder, { recursive: true })).not.toContain('graft-data/.temporal');
  },
);

test('graft run starts no server for an engine that does not run the backbone', async () => {
  const folder = await temporaryFolder();
  const { ended } = startGraft(['run', 'sample', '--engine', 'tfjs'], { folder, temporalCli: '' });
  const { code, stderr } = await ended;
  expect([code, stderr]).toEqual([
    4,
    'graft: The engine tfjs runs VGG16 and VGG19; use --engine onnx-cpu for efficientnet-lite0.\n',
  ]);
  expect(await readdir(folder, { recursive: true })).not.toContain('graft-data/.temporal');
});

function hasCuda(): boolean {
  try {
    requireCudaProvider();
    return true;
  } catch {
    return false;
  }
}
