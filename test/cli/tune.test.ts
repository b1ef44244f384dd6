import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runGraft } from '../support/graft-command.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const tune = (folder: string, ...args: readonly string[]) =>
  runGraft(['tune', ...args], { folder, temporalCli: 'not needed' });

test.each([
  { what: 'an unknown backbone', args: ['nonsense'], says: /nonsense/ },
  { what: 'pictures that do not exist', args: ['--pictures', 'nowhere'], says: /nowhere cannot be read/ },
  {
    what: 'a folder without pictures',
    args: ['--pictures', 'words'],
    says: /words.*none that can be decoded/s,
  },
  {
    what: 'pictures that are damaged',
    args: ['--pictures', 'broken'],
    says: /broken.*none that can be decoded/s,
  },
  { what: 'no time at all', args: ['--seconds', '0'], says: /number above 0, received "0"/ },
  { what: 'an engine that is none', args: ['--engine', 'abacus'], says: /abacus/ },
])('$what: one clear sentence, exit 2, nothing kept', async ({ args, says }) => {
  const folder = await temporaryFolder();
  for (const [name, file] of Object.entries({ words: 'notes.txt', broken: 'torn.jpg' })) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, file), 'no picture');
  }
  const { code, stderr } = await tune(folder, ...args);
  expect(stderr).toMatch(says);
  expect(stderr).not.toMatch(/defect|at .*\.js:\d/);
  expect(code).toBe(2);
  expect(await readdir(join(folder, 'cache')).catch(() => [])).not.toContain('tuning');
});

test('prints a table, keeps the choice, and forgets it when told to', async () => {
  const folder = await temporaryFolder();
  const { code, stdout } = await tune(folder, '--seconds', '3');
  expect(code).toBe(0);
  expect(stdout).toMatch(/candidate +images\/s +ratio +processor ms\/picture +peak MB\nstart +\d/);
  expect(stdout).toMatch(/(Chosen|The start stays): \d+ sessions?/);
  expect(await readdir(join(folder, 'cache/tuning'))).toHaveLength(1);
  expect((await tune(folder, '--forget')).stdout).toContain('Forgotten');
  expect(await readdir(join(folder, 'cache/tuning'))).toEqual([]);
  expect((await tune(folder, '--forget')).stdout).toContain('Nothing was kept');
});

test('--json prints one line for machines', async () => {
  const { code, stdout } = await tune(await temporaryFolder(), '--seconds', '0.1', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    backbone: 'efficientnet-lite0',
    engine: 'onnx-cpu',
    setting: { microBatch: expect.any(Number) as unknown },
    rows: [],
    isCutShort: true,
  });
});
