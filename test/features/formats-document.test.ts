import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { QuarantinedImage } from '../../dataset/dataset.js';
import { buildReceipt } from '../../features/build-receipt.js';
import { loadRefusals, writeRefusal } from '../../features/refusals.js';
import { refreshSegments } from '../../features/segments.js';
import { encodeTable } from '../../parquet/table.js';
import { keys } from '../../storage/keys.js';
import { FINGERPRINT, featureOf, imageHash, indexRow, storeShard } from '../support/feature-fixtures.js';
import { MemoryStore } from '../support/memory-store.js';
import { needs, testWith } from '../support/needs.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const ROWS = ['a', 'b', 'c', 'lost', 'broken', 'a'].map((image, at) =>
  indexRow(image, { key: `images/${at}` }),
);
const QUARANTINED: readonly QuarantinedImage[] = [
  { path: 'x/é.jpg', split: 'training', class: 'food', sha256: '', bytes: 0, reason: 'is "empty"' },
];

/** A store with everything that the snippets read: two shards that overlap, a segment, refusals, a data set. */
async function fillStore(store: MemoryStore): Promise<{ readonly saltOfA: number }> {
  const first = await storeShard(store, ['a', 'b'], 1);
  const second = await storeShard(store, ['a', 'c'], 2);
  await writeRefusal(store, FINGERPRINT, { sha256: imageHash('broken'), reason: 'ends early' });
  const index = {
    key: 'string',
    split: 'string',
    class: 'string',
    sha256: 'string',
    bytes: 'int64',
    width: 'int32',
    height: 'int32',
  } as const;
  await store.putIfAbsent(keys.datasetIndex('food', 'v1'), await encodeTable(index, ROWS));
  const quarantine = {
    path: 'string',
    split: 'string',
    class: 'string',
    sha256: 'string',
    bytes: 'int64',
    reason: 'string',
  } as const;
  await store.putIfAbsent(keys.datasetQuarantine('food', 'v1'), await encodeTable(quarantine, QUARANTINED));
  return { saltOfA: first < second ? 1 : 2 };
}

const oneDigit = (value: number) => value.toFixed(1);

async function writeOut(store: MemoryStore, folder: string): Promise<void> {
  for (const [key, body] of store.objects) {
    await mkdir(dirname(join(folder, key)), { recursive: true });
    await writeFile(join(folder, key), body);
  }
}

testWith([needs.python], 'the snippets of docs/formats.md do what it says', async ([python = '']) => {
  const document = await readFile('docs/formats.md', 'utf8');
  const snippets = [...document.matchAll(/^```python\n(.*?)^```/gms)].map(([, code = '']) => code);
  expect(snippets).toHaveLength(3);

  const store = new MemoryStore();
  const { saltOfA } = await fillStore(store);
  const { features } = await refreshSegments(store, FINGERPRINT);
  const folder = await temporaryFolder();
  await writeOut(store, folder);
  const names = `store, dataset, version, fingerprint = ${JSON.stringify([folder, 'food', 'v1', FINGERPRINT])}\n`;
  const [duckdb, pyarrow, contentHash] = snippets.map((code) =>
    execFileSync(python, ['-c', names + code])
      .toString()
      .trim(),
  );

  const vectors = [featureOf('a', saltOfA), featureOf('b', 1), featureOf('c', 2), featureOf('a', saltOfA)];
  const listed = vectors.map(
    (vector) => `('training', 'food', [${Array.from(vector, oneDigit).join(', ')}])`,
  );
  expect(duckdb).toBe(`[VARCHAR, VARCHAR, FLOAT[]] [${listed.join(', ')}]`);
  expect(pyarrow).toBe('float32 (4, 3)');
  const refused = await loadRefusals(store, FINGERPRINT);
  const receipt = buildReceipt({
    rows: ROWS,
    quarantined: QUARANTINED,
    features,
    refused,
    reused: 0,
    batches: 0,
    failedBatches: 0,
  });
  expect(receipt).toMatchObject({ features: 4, quarantined: 2, missing: 1 });
  expect(contentHash).toBe(receipt.contentHash);
});
