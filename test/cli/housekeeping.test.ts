import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addForget } from '../../cli/forget.js';
import { addGc } from '../../cli/gc.js';
import { listObjects } from '../../features/list-objects.js';
import { createFileStore } from '../../storage/file-store.js';
import { keys } from '../../storage/keys.js';
import { DAY_MS, storeListing, storeRun, storeVersion } from '../housekeeping/aged-store.js';
import { imageHash, storeShard } from '../support/feature-fixtures.js';
import { temporaryFolder } from '../support/temporary-folder.js';

let printed = '';

beforeEach(() => {
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});

afterEach(() => vi.restoreAllMocks());

async function graft(...args: readonly string[]): Promise<string> {
  printed = '';
  const program = new Command('graft').exitOverride().configureOutput({ writeErr: () => undefined });
  addGc(program);
  addForget(program);
  await program.parseAsync(['node', 'graft', ...args]);
  return printed;
}

/** A store with one shard that nobody refers to, a month old. */
async function storeWithOrphan() {
  const root = await temporaryFolder();
  const store = createFileStore(root);
  await storeVersion(store, ['a', 'b']);
  await storeListing(store, ['a', 'b']);
  await storeShard(store, ['a', 'b']);
  await storeShard(store, ['x']);
  const monthAgo = new Date(Date.now() - 30 * DAY_MS);
  const objects = await listObjects(store, '');
  for (const { key } of objects) await utimes(join(root, key), monthAgo, monthAgo);
  const keysOf = async () => (await listObjects(store, '')).map(({ key }) => key);
  return { root, store, keysOf };
}

test('gc says what and how many bytes there are of each kind, and deletes nothing unless told', async () => {
  const { root, keysOf } = await storeWithOrphan();
  const before = await keysOf();
  const shown = await graft('gc', '--store', root, '--list');
  expect(shown).toMatch(
    /^ +1 +[\d.]+\s(bytes|kB) {2}shards of pictures that no version of a data set holds$/m,
  );
  expect(shown).toMatch(/^ +features\/f+\/shards\/[0-9a-f]{64}\.parquet$/m);
  expect(shown).toMatch(/^ +1 .* {2}together$/m);
  expect(shown).toContain(`Delete it: graft gc --delete --store ${root}`);
  expect(await keysOf()).toEqual(before);

  expect(await graft('gc', '--store', root, '--delete')).toContain('Deleted from file:');
  expect(await keysOf()).toHaveLength(before.length - 1);
  expect(await graft('gc', '--store', root)).toContain('that is older than 7d is without use.');
});

test('gc leaves alone what is younger than the age given', async () => {
  const { root } = await storeWithOrphan();
  expect(await graft('gc', '--store', root, '--older-than', '31d')).toContain('Nothing in file:');
  await expect(graft('gc', '--store', root, '--older-than', 'soon')).rejects.toThrow('Expected a duration');
  for (const none of ['0d', '0h', '0s'])
    await expect(graft('gc', '--store', root, '--older-than', none)).rejects.toThrow(
      `more than 0 and at most 3650d, received "${none}"`,
    );
});

test('forget shows what is there of a picture, and removes nothing unless told', async () => {
  const { root, keysOf } = await storeWithOrphan();
  const before = await keysOf();
  const shown = await graft('forget', imageHash('a'), '--store', root);
  expect(shown).toContain(`Picture ${imageHash('a')}`);
  expect(shown).toMatch(/^ {2}picture +datasets\/food\/images\/training\/food\/a\.[0-9a-f]{12}\.jpg$/m);
  expect(shown).toMatch(/^ {2}feature +in 1 shard of f{12}, written anew without it$/m);
  expect(shown).toMatch(/^ {2}data set +food, version [0-9a-f]{12}: replaced by one without it$/m);
  expect(shown).toMatch(/^ {2}listing +food, source a{12}: written anew without it$/m);
  expect(shown).toContain('A later run brings it back if its source still holds it');
  expect(await keysOf()).toEqual(before);

  expect(await graft('forget', imageHash('a'), '--store', root, '--yes')).toContain('Removed from file:');
  await expect(graft('forget', imageHash('a'), '--store', root)).rejects.toThrow('Nothing in file:');
});

test('forget says what each model had of the picture, and what runs may know it', async () => {
  const root = await temporaryFolder();
  const store = createFileStore(root);
  const complete = async (runId: string, version: string) => {
    const ended = { status: 'completed', dataset: 'food', version, model: runId.repeat(64).slice(0, 64) };
    await storeRun(store, runId, { ended });
    await store.replace(keys.runReport(runId), Buffer.from('<img>'));
  };
  await complete('trained', await storeVersion(store, ['a', 'b']));
  await complete('evaluated', await storeVersion(store, ['a', 'c'], { splits: { a: 'evaluation' } }));
  await complete('lost', 'e'.repeat(64));
  await complete('unrelated', await storeVersion(store, ['b', 'c']));
  const shown = await graft('forget', imageHash('a'), '--store', root);
  expect(shown).toMatch(/^ {2}models +trainedtrain were trained with it and stay; train again/m);
  expect(shown).toMatch(/^ {2}models +evaluatedeva were only evaluated on it and stay/m);
  expect(shown).toMatch(/^ {2}models +lostlostlost may have been trained with it/m);
  expect(shown).toMatch(/^ {2}known to +run trained of food, 2026-01-02, without report\.html afterwards$/m);
  expect(shown).toMatch(
    /^ {2}known to +run lost of food, 2026-01-02 \(perhaps: its version .* is gone\), without/m,
  );
  expect(shown).not.toContain('unrelated');
});

test('forget refuses while a run has not ended, unless its server is gone', async () => {
  const { root, store, keysOf } = await storeWithOrphan();
  await storeRun(store, 'open');
  const before = await keysOf();
  const forget = ['forget', imageHash('a'), '--store', root, '--yes'] as const;
  await expect(graft(...forget)).rejects.toThrow(
    /^1 run in file:.* has not ended, and nothing was removed: wait for open/,
  );
  expect(await keysOf()).toEqual(before);
  expect(await graft(...forget, '--ignore-open-runs')).toContain('Removed from file:');
  expect(await keysOf()).toContain(keys.runInput('open'));
});
