import { describe, expect, test, vi } from 'vitest';
import { findChampion } from '../../registry/champion.js';
import { appendEntry, readHistory } from '../../registry/history.js';
import { HistoryDamaged } from '../../registry/history-entry.js';
import { createFileStore } from '../../storage/file-store.js';
import { keys } from '../../storage/keys.js';
import { type ObjectStore, StoreUnavailable } from '../../storage/object-store.js';
import { createS3Store } from '../../storage/s3-store.js';
import { MemoryStore } from '../support/memory-store.js';
import { needs, testWith } from '../support/needs.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { startVersitygw } from '../support/versitygw.js';
import { DATASET, draft } from './registry-fixture.js';

const key = (number: number): string => keys.championEntry(DATASET, number);
const add = (store: ObjectStore, runId: string, settleMs?: number) =>
  appendEntry(
    store,
    DATASET,
    (history) => {
      const before = history.at(-1)?.runId;
      return Promise.resolve({ draft: draft({ runId, ...(before !== undefined && { before }) }) });
    },
    settleMs === undefined ? {} : { settleMs },
  );

/** Every writer has exactly one entry, and each entry was decided by the one before it. */
async function expectOneEach(store: ObjectStore, writers: number): Promise<void> {
  const history = await readHistory(store, DATASET);
  expect(history.map(({ number }) => number)).toEqual(Array.from({ length: writers }, (_, at) => at + 1));
  expect(history.map(({ runId }) => runId).toSorted()).toEqual(names(writers).toSorted());
  for (const [at, entry] of history.entries()) expect(entry.before).toBe(history[at - 1]?.runId);
}

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `run ${at}`);

/** A server whose condition races: writes that are under way at once all pass it, and the last one stays. */
class RacingStore extends MemoryStore {
  override async putIfAbsent(name: string, body: Uint8Array): Promise<'written' | 'present'> {
    if (this.objects.has(name)) return super.putIfAbsent(name, body);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 8));
    await this.replace(name, body);
    return 'written';
  }
}

/** The machine's own profile and keys must not decide what these tests see. */
const CREDENTIALS = {
  ...{ AWS_ACCESS_KEY_ID: 'graft-test', AWS_SECRET_ACCESS_KEY: 'graft-test-secret', AWS_SESSION_TOKEN: '' },
  ...{ AWS_PROFILE: '', AWS_CONFIG_FILE: '/nonexistent', AWS_SHARED_CREDENTIALS_FILE: '/nonexistent' },
  AWS_EC2_METADATA_DISABLED: 'true',
};

describe('the history of champions', () => {
  test('is empty before the first, and has no champion', async () => {
    const store = new MemoryStore();
    expect(await readHistory(store, DATASET)).toEqual([]);
    expect(await findChampion(store, DATASET)).toBeUndefined();
  });

  test('has the highest number for its champion, also beyond nine', async () => {
    const store = new MemoryStore();
    for (const runId of names(11)) await add(store, runId, 0);
    expect(await findChampion(store, DATASET)).toMatchObject({ runId: 'run 10', entry: { number: 11 } });
    expect([...store.objects.keys()]).toContain('registry/food/history/11.json');
  });

  test('is not changed by a decision to change nothing', async () => {
    const store = new MemoryStore();
    expect(await appendEntry(store, DATASET, () => Promise.resolve({}))).toEqual({ decided: {} });
    expect(store.changes).toEqual([]);
  });

  test('keeps those of other data sets apart, one that is called history too', async () => {
    const store = new MemoryStore();
    await add(store, 'run 0', 0);
    expect(await findChampion(store, 'history')).toBeUndefined();
    expect(await findChampion(store, 'foo')).toBeUndefined();
  });

  test('names the object that does not read, and what to do', async () => {
    const store = new MemoryStore();
    await add(store, 'run 0', 0);
    await store.replace(key(2), Buffer.from('{"number":2'));
    await expect(findChampion(store, DATASET)).rejects.toThrow(HistoryDamaged);
    await expect(add(store, 'run 1', 0)).rejects.toThrow(
      /^registry\/food\/history\/2\.json does not read.*copy/,
    );
    await store.replace(key(2), store.objects.get(key(1)) ?? Buffer.from(''));
    await expect(readHistory(store, DATASET)).rejects.toThrow(HistoryDamaged);
  });
});

describe('writers at the same time', () => {
  test('each get a number, and the slower ones decide anew', async () => {
    const store = new MemoryStore();
    await Promise.all(names(12).map((runId) => add(store, runId, 0)));
    await expectOneEach(store, 12);
  });

  test('each get a number in a folder', async () => {
    const store = createFileStore(await temporaryFolder());
    await Promise.all(names(8).map((runId) => add(store, runId)));
    await expectOneEach(store, 8);
  });

  test('lose no entry where the condition lets several pass', async () => {
    const store = new RacingStore();
    await Promise.all(names(12).map((runId) => add(store, runId, 40)));
    const history = await readHistory(store, DATASET);
    expect(history.map(({ runId }) => runId).toSorted()).toEqual(names(12).toSorted());
  });

  test('lose entries there if they are not read back later: the test above can fail', async () => {
    const store = new RacingStore();
    await Promise.all(names(12).map((runId) => add(store, runId, 0)));
    expect((await readHistory(store, DATASET)).length).toBeLessThan(12);
  });

  test('go on with their own entry where the answer to its write was lost', async () => {
    const store = new MemoryStore();
    let lost = false;
    const flaky = Object.assign(Object.create(store) as MemoryStore, {
      putIfAbsent: async (name: string, body: Uint8Array) => {
        const answer = await store.putIfAbsent(name, body);
        if (lost) return answer;
        lost = true;
        return store.putIfAbsent(name, body);
      },
    });
    expect((await add(flaky, 'run 0', 0)).entry?.number).toBe(1);
    await expectOneEach(store, 1);
  });

  test('give up with a failure that is retried where somebody is always faster', async () => {
    const store = new MemoryStore();
    let other = 0;
    const busy = Object.assign(Object.create(store) as MemoryStore, {
      putIfAbsent: async (name: string, body: Uint8Array) => {
        await add(store, `other ${++other}`, 0);
        return store.putIfAbsent(name, body);
      },
    });
    await expect(add(busy, 'run 0', 0)).rejects.toThrow(StoreUnavailable);
    expect(await findChampion(store, DATASET)).toMatchObject({ runId: 'other 50' });
  });

  testWith(
    [needs.versitygw],
    'each get a number from a real S3 server',
    async ([binary = '']) => {
      for (const [name, value] of Object.entries(CREDENTIALS)) vi.stubEnv(name, value);
      const server = await startVersitygw(binary);
      try {
        await server.createBucket('models');
        const open = () => createS3Store({ bucket: 'models', prefix: '', endpoint: server.endpoint });
        await Promise.all(names(12).map((runId) => add(open(), runId)));
        const history = await readHistory(open(), DATASET);
        expect(history.map(({ runId }) => runId).toSorted()).toEqual(names(12).toSorted());
      } finally {
        await server.stop();
        vi.unstubAllEnvs();
      }
    },
    60_000,
  );
});
