import { expect, test } from 'vitest';
import type { DatasetManifest, IndexRow } from '../../dataset/dataset.js';
import { readIndex, readManifest, readQuarantine, writeVersion } from '../../dataset/dataset-store.js';
import { sortRows, versionOf } from '../../dataset/dataset-version.js';
import { keys } from '../../storage/keys.js';
import { ObjectConflict, ObjectNotFound } from '../../storage/object-store.js';
import { MemoryStore } from '../support/memory-store.js';

const row = (key: string): IndexRow => ({
  key,
  split: 'training',
  class: 'food',
  sha256: 'a'.repeat(64),
  bytes: 5_000_000_000,
  width: 3,
  height: 4,
});
const rows = sortRows([row('k/\u{1f354}.jpg'), row('k/\ufb01.jpg'), row('k/a.jpg')]);
const manifest: DatasetManifest = {
  name: 'x',
  version: versionOf(rows),
  classes: ['food', 'non_food'],
  positive: 'food',
  counts: { training: { food: 3 }, validation: {}, evaluation: {} },
  images: 3,
  quarantined: 0,
  source: 'a.zip',
  licence: 'CC0',
};
const refused = {
  path: 'p',
  split: 'training',
  class: 'food',
  sha256: '',
  bytes: 0,
  reason: 'is empty',
} as const;

test('rows are sorted by code point, whatever order they come in', () => {
  expect(rows.map(({ key }) => key)).toEqual(['k/a.jpg', 'k/\ufb01.jpg', 'k/\u{1f354}.jpg']);
  expect(versionOf([...rows].reverse())).toBe(versionOf(rows));
});

test('a version is written once; what its hash does not cover follows the last source', async () => {
  const store = new MemoryStore();
  await writeVersion(store, { manifest, rows, quarantined: [] });
  await writeVersion(store, { manifest, rows, quarantined: [] });
  expect(store.changes.length).toBe(3);
  const other = { ...manifest, source: 'b.zip', quarantined: 1 };
  await writeVersion(store, { manifest: other, rows, quarantined: [refused] });
  expect(await readManifest(store, 'x', manifest.version)).toEqual(other);
  expect(await readQuarantine(store, 'x', manifest.version)).toEqual([refused]);
  expect(await readIndex(store, 'x', manifest.version)).toEqual(rows);
});

test('an index with other rows under the version is a conflict, never overwritten', async () => {
  const store = new MemoryStore();
  await writeVersion(store, { manifest, rows, quarantined: [] });
  const other = { ...manifest, version: 'f'.repeat(64) };
  const index = store.objects.get(keys.datasetIndex('x', manifest.version)) ?? new Uint8Array();
  store.objects.set(keys.datasetIndex('x', other.version), index);
  await expect(writeVersion(store, { manifest: other, rows, quarantined: [] })).rejects.toThrow(
    ObjectConflict,
  );
});

test('a version that is not there is not found', async () => {
  const store = new MemoryStore();
  await expect(readIndex(store, 'x', 'no')).rejects.toThrow(ObjectNotFound);
  await expect(readManifest(store, 'x', 'no')).rejects.toThrow(ObjectNotFound);
});
