import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDatasetActivities } from '../../activities/dataset.js';
import { addInputOptions, toInput } from '../../cli/run-options.js';
import { resolveSettings } from '../../runs/run-settings.js';
import { smallDataset } from '../dataset/pictures.js';
import { runActivity } from '../support/activity-context.js';
import { MemoryStore } from '../support/memory-store.js';
import { temporaryFolder } from '../support/temporary-folder.js';

beforeEach(() => {
  const now = Date.now.bind(Date);
  // Files that were written just now have come to rest by then.
  vi.spyOn(Date, 'now').mockImplementation(() => now() + 10_000);
});

afterEach(() => vi.restoreAllMocks());

/** What a run gives for what somebody typed after `graft run icons`. */
function settingsFor(...typed: readonly string[]) {
  const command = addInputOptions(new Command().exitOverride());
  command.parse(typed, { from: 'user' });
  return resolveSettings(toInput('icons', command.opts()), { classWeight: 'none' });
}

test('the second run of a folder reads nothing, unless --rehash is given', async () => {
  const folder = await temporaryFolder();
  for (const [path, bytes] of Object.entries(smallDataset())) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
  const activities = createDatasetActivities({
    store: new MemoryStore(),
    allowedRoots: () => Promise.resolve([folder]),
    cacheFolder: await temporaryFolder(),
  });
  const run = (...more: readonly string[]) =>
    runActivity(() => activities.restructureDataset({ settings: settingsFor('--source', folder, ...more) }));

  const first = await run();
  expect(first).toMatchObject({ images: 18, written: 18, read: 18 });
  expect(await run()).toEqual({ ...first, written: 0, read: 0 });
  expect(await run('--rehash')).toEqual({ ...first, written: 0 });
  expect(await run()).toMatchObject({ read: 0 });
});
