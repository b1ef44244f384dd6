import { beforeAll, describe, expect, test } from 'vitest';
import { readIndex, readManifest, readQuarantine, writeVersion } from '../../dataset/dataset-store.js';
import { shardName } from '../../features/shard-name.js';
import { decodeShard } from '../../parquet/decode-shard.js';
import { encodeShard } from '../../parquet/encode-shard.js';
import type { RunSummary } from '../../runs/run-summary.js';
import { keys } from '../../storage/keys.js';
import { StoreUnavailable } from '../../storage/object-store.js';
import type { CheckResult, Finding } from '../../verification/finding.js';
import { openCompletedRun } from '../../verification/open-run.js';
import { type VerifyOptions, verifyRun } from '../../verification/verify-run.js';
import { createFakeExtractor } from '../activities/fake-extractor.js';
import { MEALS, meal, rowOf } from '../activities/meals.js';
import { imageHash } from '../support/feature-fixtures.js';
import type { MemoryStore } from '../support/memory-store.js';
import { NETWORK_BACKBONE, RUN_ID, copyStore, finishRun, runAgain, seeMeal } from './finished-run.js';

const { fingerprint } = NETWORK_BACKBONE;
const PICTURE = rowOf(meal('food 5', 'evaluation')).key;
const SHARD = keys.shard(fingerprint, shardName(['food 5', 'food 6', 'plate 5'].map(imageHash)));

let finished: MemoryStore;
let summary: RunSummary;
beforeAll(async () => {
  ({ store: finished, summary } = await finishRun());
});

async function verify(
  store: MemoryStore,
  more: Partial<VerifyOptions> = {},
): Promise<readonly CheckResult[]> {
  const opened = await openCompletedRun(store, 'last');
  if (!('store' in opened)) return [{ check: 'run', counts: {}, findings: opened, seconds: 0 }];
  return verifyRun(
    opened,
    { quick: false, sample: 16, seed: 0, ...more },
    {
      resolveBackbone: () => Promise.resolve(NETWORK_BACKBONE),
      openExtractor: () => createFakeExtractor(seeMeal),
    },
  );
}

/** Verifies the store after `disturb`; returns `check: kind` of each finding and all of them. */
async function verifyAfter(
  disturb: (store: MemoryStore) => unknown,
  options?: Partial<VerifyOptions>,
): Promise<{ readonly kinds: readonly string[]; readonly findings: readonly Finding[] }> {
  const store = copyStore(finished);
  await disturb(store);
  const results = await verify(store, options);
  return {
    kinds: results.flatMap(({ check, findings }) => findings.map(({ kind }) => `${check}: ${kind}`)),
    findings: results.flatMap(({ findings }) => findings),
  };
}

const bytesOf = (store: MemoryStore, key: string): Uint8Array => {
  const bytes = store.objects.get(key);
  if (bytes === undefined) throw new Error(`the finished run has no ${key}`);
  return bytes;
};

/** Flips the lowest bit of one byte; by default that in the middle. */
function flipBit(store: MemoryStore, key: string, at = Math.floor(bytesOf(store, key).length / 2)): void {
  const bytes = bytesOf(store, key);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
}

function editJson(store: MemoryStore, key: string, edit: (value: Record<string, unknown>) => unknown): void {
  const value = JSON.parse(Buffer.from(bytesOf(store, key)).toString()) as Record<string, unknown>;
  store.objects.set(key, Buffer.from(JSON.stringify(edit(value))));
}

/** Writes the shard anew, checksums and all, with another number in its first feature. */
async function alterFeature(store: MemoryStore): Promise<void> {
  const { hashes, dimensions, matrix, metadata } = await decodeShard(bytesOf(store, SHARD));
  matrix[1] = (matrix[1] ?? 0) + 0.01;
  const rows = hashes.map((sha256, row) => ({
    sha256,
    vector: matrix.slice(row * dimensions, (row + 1) * dimensions),
  }));
  const { 'graft.engine': engine = '', 'graft.engineVersion': engineVersion = '' } = metadata;
  store.objects.set(SHARD, await encodeShard({ rows, dimensions, fingerprint, engine, engineVersion }));
}

describe('an undisturbed run', () => {
  test('is found whole, and nothing is written', async () => {
    const store = copyStore(finished);
    const results = await verify(store);
    expect(results.flatMap(({ findings }) => findings)).toEqual([]);
    const counts = Object.fromEntries(results.map((result) => [result.check, result.counts]));
    expect(counts).toMatchObject({
      dataset: { pictures: 12, quarantined: 1 },
      pictures: { pictures: 12 },
      backbone: { objects: 2 },
      features: { features: 11, shards: 4, segments: 1 },
      sample: { features: 11 },
    });
    expect(counts['pictures']?.['bytes']).toBe([...MEALS, 'plate 9'].length * 'plate 9'.length - 6);
    expect(store.changes).toEqual([]);
  });

  test('of an older release is found whole without a Markdown report, of this one not', async () => {
    const withoutMarkdown = (store: MemoryStore) => store.objects.delete(keys.runMarkdown(RUN_ID));
    expect((await verifyAfter(withoutMarkdown)).kinds).toEqual(['run: report missing']);
    const older = await verifyAfter((store) => {
      withoutMarkdown(store);
      editJson(store, keys.runOutcome(RUN_ID), (outcome) => ({
        ...outcome,
        keys: { report: keys.runReport(RUN_ID) },
      }));
    });
    expect(older.findings).toEqual([]);
  });

  test('is found whole with the metrics and the report of an earlier run that it is the same as', async () => {
    const store = copyStore(finished);
    const repeated = RUN_ID.replace(/1$/, '2');
    expect(await runAgain(store, repeated)).toMatchObject({ status: 'unchanged', runId: repeated });
    const kindsOf = async () => (await verify(store)).flatMap(({ findings }) => findings);
    expect(await kindsOf()).toEqual([]);
    store.objects.delete(keys.runReport(RUN_ID));
    editJson(store, keys.runReceipt(repeated), (receipt) => ({ ...receipt, computed: 3 }));
    expect(await kindsOf()).toMatchObject([
      { kind: 'report missing', object: keys.runReport(RUN_ID) },
      { kind: 'receipt differs', object: keys.runReceipt(repeated) },
      { kind: 'receipt differs', object: keys.runReceipt(repeated) },
    ]);
  });

  test('is found whole without its segments, which are derived data', async () => {
    const { kinds } = await verifyAfter((store) => {
      for (const key of store.objects.keys())
        if (key.startsWith(keys.segments(fingerprint))) store.objects.delete(key);
    });
    expect(kinds).toEqual([]);
  });

  test('is sampled by the seed: another seed computes other features, no sample none', async () => {
    const sampled = async (options: Partial<VerifyOptions>): Promise<readonly string[]> => {
      const extractor = createFakeExtractor(seeMeal);
      const opened = await openCompletedRun(finished, RUN_ID);
      if (!('store' in opened)) throw new Error('the run does not open');
      const resolveBackbone = () => Promise.resolve(NETWORK_BACKBONE);
      const deps = { resolveBackbone, openExtractor: () => extractor };
      await verifyRun(opened, { quick: true, sample: 4, seed: 0, ...options }, deps);
      return extractor.calls.flat();
    };
    const first = await sampled({});
    expect(first).toHaveLength(4);
    expect(await sampled({})).toEqual(first);
    expect(await sampled({ seed: 1 })).not.toEqual(first);
    expect(await sampled({ sample: 0 })).toEqual([]);
  });
});

describe('pictures', () => {
  test('a deleted one is named, once', async () => {
    for (const quick of [false, true]) {
      const { kinds, findings } = await verifyAfter((store) => store.objects.delete(PICTURE), { quick });
      expect(kinds).toEqual(['pictures: picture missing']);
      expect(findings[0]?.object).toBe(PICTURE);
    }
  });

  test('an altered one is named with both hashes', async () => {
    const { kinds, findings } = await verifyAfter((store) => flipBit(store, PICTURE));
    expect(kinds).toEqual(['pictures: picture altered']);
    expect(findings[0]).toMatchObject({
      object: PICTURE,
      detail: expect.stringMatching(
        new RegExp(`expected 6 bytes of SHA-256 ${imageHash('food 5')}, found 6 of [0-9a-f]{64}`),
      ) as string,
    });
  });

  test('--quick sees another size, and another content only in the sample', async () => {
    const cut = (store: MemoryStore) => store.objects.set(PICTURE, bytesOf(store, PICTURE).slice(1));
    expect((await verifyAfter(cut, { quick: true })).kinds).toEqual(['pictures: picture altered']);
    const flip = (store: MemoryStore) => flipBit(store, PICTURE);
    expect((await verifyAfter(flip, { quick: true, sample: 0 })).kinds).toEqual([]);
    expect((await verifyAfter(flip, { quick: true })).kinds).toEqual(['sample: sampled picture altered']);
  });

  test('one that cannot be read is a finding; a store that does not answer at all is not', async () => {
    const trouble = new StoreUnavailable('the disk reports an input/output error (EIO).');
    const failing = (isAffected: (key: string) => boolean, lists: boolean) => (store: MemoryStore) => {
      const get = store.get.bind(store);
      const list = store.list.bind(store);
      store.get = (key, range) => (isAffected(key) ? Promise.reject(trouble) : get(key, range));
      let calls = 0;
      // The first listing finds the run.
      if (!lists) store.list = (prefix) => (calls++ === 0 ? list(prefix) : failingList(trouble));
    };
    const one = await verifyAfter(failing((key) => key === PICTURE, true));
    expect(one.kinds).toEqual(['pictures: picture unreadable']);
    const isPicture = (key: string): boolean => key.startsWith(keys.images('meals'));
    await expect(verifyAfter(failing(isPicture, false))).rejects.toBe(trouble);
  });
});

// eslint-disable-next-line require-yield, @typescript-eslint/require-await
async function* failingList(error: Error): AsyncGenerator<never> {
  throw error;
}

describe('the data set', () => {
  test('a row whose picture was never there: index and picture are named', async () => {
    const { version } = summary;
    const extra = rowOf(meal('food 8', 'training'));
    const { kinds, findings } = await verifyAfter(async (store) => {
      const manifest = await readManifest(store, 'meals', version);
      const rows = [...(await readIndex(store, 'meals', version)), extra];
      const quarantined = await readQuarantine(store, 'meals', version);
      store.objects.delete(keys.datasetIndex('meals', version));
      await writeVersion(store, { manifest, rows, quarantined });
    });
    expect(kinds).toContain('dataset: index altered');
    expect(kinds).toContain('pictures: picture missing');
    expect(kinds).toContain('features: feature missing');
    expect(findings.find(({ kind }) => kind === 'picture missing')?.object).toBe(extra.key);
  });

  test('a manifest that counts otherwise disagrees', async () => {
    const key = keys.datasetManifest('meals', summary.version);
    const { kinds } = await verifyAfter((store) => editJson(store, key, (all) => ({ ...all, images: 13 })));
    expect(kinds).toEqual(['dataset: manifest disagrees']);
  });
});

describe('features', () => {
  test('a deleted shard is named with how many features it held, and the receipt says which numbers differ', async () => {
    const { kinds, findings } = await verifyAfter((store) => store.objects.delete(SHARD));
    expect(new Set(kinds)).toEqual(new Set(['features: shard missing', 'receipt: receipt differs']));
    expect(findings[0]).toMatchObject({
      object: SHARD,
      detail: expect.stringContaining('3 features') as string,
    });
    const numbers = findings.slice(1).map(({ detail }) => detail.split(':')[0]);
    expect(numbers.toSorted()).toEqual(['computed', 'contentHash', 'features', 'missing']);
  });

  test('a shard with a flipped bit is damaged', async () => {
    const { kinds, findings } = await verifyAfter((store) => flipBit(store, SHARD, 200));
    expect(kinds).toEqual(['features: shard damaged']);
    expect(findings[0]?.object).toBe(SHARD);
  });

  test('a shard that was cut is damaged', async () => {
    const { kinds, findings } = await verifyAfter((store) =>
      store.objects.set(SHARD, bytesOf(store, SHARD).slice(0, 300)),
    );
    expect(kinds[0]).toBe('features: shard damaged');
    expect(findings[0]?.object).toBe(SHARD);
  });

  test('an altered feature under good checksums is told by the segments', async () => {
    const { kinds, findings } = await verifyAfter(alterFeature);
    expect(kinds).toEqual(['features: feature altered']);
    expect(findings[0]).toMatchObject({ object: SHARD, detail: expect.stringMatching(/^row 0: /) as string });
  });

  test('and without segments by the receipt and the sample', async () => {
    const { kinds } = await verifyAfter(async (store) => {
      await alterFeature(store);
      for (const key of store.objects.keys())
        if (key.startsWith(keys.segments(fingerprint))) store.objects.delete(key);
    });
    expect(kinds).toEqual(['receipt: receipt differs', 'sample: feature differs']);
  });

  test('a shard of other images under its name is altered', async () => {
    const other = keys.shard(fingerprint, shardName(['food 4', 'plate 4'].map(imageHash)));
    const { kinds } = await verifyAfter((store) => store.objects.set(SHARD, bytesOf(store, other)));
    expect(kinds).toContain('features: shard altered');
  });

  test('at most four shards are being read at once', async () => {
    const store = copyStore(finished);
    const get = store.get.bind(store);
    let open = 0;
    let most = 0;
    store.get = async (key, range) => {
      if (!key.startsWith(keys.shards(fingerprint))) return get(key, range);
      most = Math.max(most, ++open);
      return get(key, range).finally(() => open--);
    };
    await verify(store);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(4);
  });
});

describe('the records', () => {
  test('an edited count of the receipt is named with what it should be', async () => {
    const { kinds, findings } = await verifyAfter((store) =>
      editJson(store, keys.runReceipt(RUN_ID), (receipt) => ({ ...receipt, reused: 1 })),
    );
    expect(kinds).toEqual(['receipt: receipt differs', 'receipt: receipt differs']);
    expect(findings.map(({ detail }) => detail)).toEqual([
      'reused: receipt.json says 1, outcome.json 0',
      'reused: receipt.json says 1, the store gives 0',
    ]);
  });

  test('counts that do not add up say so', async () => {
    const { findings } = await verifyAfter((store) =>
      editJson(store, keys.runReceipt(RUN_ID), (receipt) => ({ ...receipt, images: 14 })),
    );
    expect(findings[0]?.detail).toBe('features 11 + quarantined 2 + missing 0 do not make images 14');
  });

  test('an altered head is named, and so are label encoder and lineage', async () => {
    const { model } = summary;
    for (const [name, key] of [
      ['head', keys.head(model)],
      ['label encoder', keys.labelEncoder(model)],
      ['lineage', keys.lineage(model)],
    ] as const) {
      const { kinds, findings } = await verifyAfter((store) => flipBit(store, key));
      expect(kinds).toEqual([`model: ${name} altered`]);
      expect(findings[0]?.object).toBe(key);
    }
  });

  test('metrics that differ from the outcome disagree', async () => {
    const { findings } = await verifyAfter((store) =>
      editJson(store, keys.runMetrics(RUN_ID), (metrics) => ({ ...metrics, positive: 'non_food' })),
    );
    expect(findings).toMatchObject([
      { kind: 'record disagrees', detail: 'positive: expected "food" as in outcome.json, found "non_food"' },
    ]);
  });

  test('another backbone under the name leaves nothing to compute the sample with', async () => {
    const opened = await openCompletedRun(finished, 'last');
    if (!('store' in opened)) throw new Error('the run does not open');
    const replaced = { ...NETWORK_BACKBONE, fingerprint: 'a'.repeat(64) };
    const results = await verifyRun(
      opened,
      { quick: true, sample: 4, seed: 0 },
      { resolveBackbone: () => Promise.resolve(replaced), openExtractor: () => createFakeExtractor() },
    );
    expect(results.flatMap(({ findings }) => findings.map(({ kind }) => kind))).toEqual(['backbone damaged']);
  });
});

describe('whatever is done to any object', () => {
  /** Objects that a run does not name or that say the same elsewhere. */
  const isOther = (key: string): boolean =>
    key.startsWith('registry/') || key.startsWith(keys.segments(fingerprint));

  test('deleting one that the run names is found', async () => {
    for (const key of finished.objects.keys()) {
      if (isOther(key) || key === keys.runInput(RUN_ID) || key === keys.runOutcome(RUN_ID)) continue;
      const { findings } = await verifyAfter((store) => store.objects.delete(key), { sample: 0 });
      expect(findings, key).not.toEqual([]);
    }
  });

  test('cutting one that the run names is found, and nothing crashes', async () => {
    for (const key of finished.objects.keys()) {
      const { findings } = await verifyAfter(
        (store) => store.objects.set(key, bytesOf(store, key).slice(0, -2)),
        { sample: 0 },
      );
      if (!isOther(key)) expect(findings, key).not.toEqual([]);
    }
  });

  test('a flipped bit anywhere crashes nothing', async () => {
    for (const [key, { length }] of finished.objects)
      for (let at = 0; at < length; at += Math.ceil(length / 12))
        await verifyAfter((store) => flipBit(store, key, at), { sample: 0 });
  }, 120_000);

  test('JSON of another shape is found', async () => {
    for (const key of finished.objects.keys()) {
      if (!key.endsWith('.json') || isOther(key)) continue;
      for (const text of ['null', '[]', '{}', '7', '"x"']) {
        const { findings } = await verifyAfter((store) => store.objects.set(key, Buffer.from(text)));
        expect(findings, `${key} ${text}`).not.toEqual([]);
      }
    }
  });
});

describe('opening', () => {
  test('refuses a run that did not complete', async () => {
    const store = copyStore(finished);
    const cause = { type: 'BadInput', message: 'wrong' };
    editJson(store, keys.runOutcome(RUN_ID), ({ runId }) => ({ runId, status: 'failed', cause }));
    await expect(openCompletedRun(store, 'last')).rejects.toThrow(
      /ended as failed: only runs that ended with a model/,
    );
  });

  test('refuses one that nobody knows', async () => {
    await expect(openCompletedRun(finished, 'ffff')).rejects.toThrow('No run "ffff"');
  });

  test('names the record that does not read', async () => {
    const { findings } = await verifyAfter((store) =>
      store.objects.set(keys.runOutcome(RUN_ID), Buffer.from('{')),
    );
    expect(findings).toMatchObject([{ kind: 'record damaged', object: keys.runOutcome(RUN_ID) }]);
  });
});
