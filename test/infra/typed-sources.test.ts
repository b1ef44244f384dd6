import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allowTypedSource, listTypedSources } from '../../infra/typed-sources.js';
import { temporaryFolder } from '../support/temporary-folder.js';

test('sources that several commands named are allowed for all of them, each once', async () => {
  const folder = await temporaryFolder();
  expect(await listTypedSources(folder)).toEqual([]);
  await Promise.all(['/a/birds', '/b/lunch.zip', '/a/birds'].map((root) => allowTypedSource(folder, root)));
  expect([...(await listTypedSources(folder))].sort()).toEqual(['/a/birds', '/b/lunch.zip']);
});

test('a file that was cut while it was written allows nothing', async () => {
  const folder = await temporaryFolder();
  await allowTypedSource(folder, '/data/pictures');
  await writeFile(join(folder, 'sources', '0'.repeat(16)), '/');
  expect(await listTypedSources(folder)).toEqual(['/data/pictures']);
});
