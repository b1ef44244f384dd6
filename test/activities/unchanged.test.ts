import { beforeAll, describe, expect, test } from 'vitest';
import { createUnchangedActivities } from '../../activities/unchanged.js';
import { readManifest } from '../../dataset/dataset-store.js';
import { forgetImage } from '../../housekeeping/forget-image.js';
import { findKnowingRuns } from '../../housekeeping/knowing-runs.js';
import { nameImage } from '../../housekeeping/name-image.js';
import { canonicalJson } from '../../runs/canonical-json.js';
import { readRun } from '../../runs/read-run.js';
import { resolveSettings } from '../../runs/run-settings.js';
import type { CompletedRun } from '../../runs/run-summary.js';
import { keys } from '../../storage/keys.js';
import { runActivity } from '../support/activity-context.js';
import { imageHash } from '../support/feature-fixtures.js';
import type { MemoryStore } from '../support/memory-store.js';
import {
  NETWORK_BACKBONE,
  PICTURES,
  RUN_ID,
  copyStore,
  finishRun,
  runAgain,
  storeDataset,
} from '../verification/finished-run.js';

const SECOND = RUN_ID.replace(/1$/, '2');
const THIRD = RUN_ID.replace(/1$/, '3');

let finished: MemoryStore;
let first: CompletedRun;
beforeAll(async () => {
  ({ store: finished, summary: first } = await finishRun());
});

const textOf = async (store: MemoryStore, key: string): Promise<string> =>
  Buffer.from(await store.get(key)).toString();

const edit = async (store: MemoryStore, key: string, change: (value: object) => object): Promise<void> =>
  store.replace(key, Buffer.from(canonicalJson(change(JSON.parse(await textOf(store, key)) as object))));

describe('a run that would repeat the last one', () => {
  test('ends as unchanged, with a receipt of its own and the model, metrics and report of the other', async () => {
    const store = copyStore(finished);
    const summary = await runAgain(store, SECOND);
    expect(summary).toEqual({
      ...first,
      runId: SECOND,
      status: 'unchanged',
      sameAs: RUN_ID,
      receipt: { ...first.receipt, computed: 0, reused: 11, batches: 0 },
      keys: { ...first.keys, receipt: keys.runReceipt(SECOND) },
    });
    expect((await readRun(store, 'last')).outcome).toEqual(summary);
    expect(JSON.parse(await textOf(store, keys.runReceipt(SECOND)))).toEqual(summary.receipt);
    for (const key of [keys.runMetrics(SECOND), keys.runReport(SECOND)])
      expect(store.objects.has(key)).toBe(false);
  });

  test('leaves the registry as it is: the next one names the run that trained, too', async () => {
    const store = copyStore(finished);
    await runAgain(store, SECOND);
    expect(await textOf(store, keys.lastRun('meals'))).toBe(await textOf(finished, keys.lastRun('meals')));
    expect(await runAgain(store, THIRD)).toMatchObject({ status: 'unchanged', sameAs: RUN_ID });
  });

  test('may have other ways of going about it', async () => {
    const more = { batchSize: 1, window: 2, onFailedBatches: 'fail' } as const;
    expect((await runAgain(copyStore(finished), SECOND, more)).status).toBe('unchanged');
  });

  test('may say what is so anyway', async () => {
    expect((await runAgain(copyStore(finished), SECOND, { positive: 'food' })).status).toBe('unchanged');
  });

  test('is unchanged still when its features had to be computed again', async () => {
    const store = copyStore(finished);
    for (const key of store.objects.keys())
      if (key.startsWith(`features/${NETWORK_BACKBONE.fingerprint}/shards/`)) store.objects.delete(key);
    expect(await runAgain(store, SECOND)).toMatchObject({ status: 'unchanged', receipt: { computed: 11 } });
  });

  test('replaces the outcome that it had before Temporal reset it', async () => {
    const store = copyStore(finished);
    const failed = { runId: SECOND, workflowId: 'graft-meals-1', status: 'failed' };
    store.objects.set(keys.runOutcome(SECOND), Buffer.from(canonicalJson({ ...failed, cause: {} })));
    const ended = await runAgain(store, SECOND);
    expect(ended.status).toBe('unchanged');
    expect((await readRun(store, SECOND)).outcome).toEqual(ended);
  });

  test('answers the same when the attempt that ended it was lost, whatever was last by then', async () => {
    const store = copyStore(finished);
    const ended = await runAgain(store, SECOND);
    await runAgain(store, THIRD, { head: { C: 3 } });
    const activities = createUnchangedActivities({ store });
    const request = {
      ...{ runId: SECOND, workflowId: 'graft-meals-1', version: first.version },
      ...{ fingerprint: first.fingerprint, receipt: ended.receipt },
      settings: resolveSettings(
        { dataset: 'meals', source: '/meals', backbone: 'fake' },
        { classWeight: 'none' },
      ),
    };
    expect(await runActivity(() => activities.endIfUnchanged(request))).toEqual(ended);
    const changed = { ...request, receipt: { ...ended.receipt, contentHash: 'd'.repeat(64) } };
    expect(await runActivity(() => activities.endIfUnchanged(changed))).toBeUndefined();
  });
});

describe('a model that nobody has decided about', () => {
  const leave = { promotion: { otherwise: 'leave' } } as const;
  const left = async (store: MemoryStore) => {
    const summary = await runAgain(store, SECOND, { ...leave, head: { C: 3 } });
    expect(summary.promotion).toMatchObject({ decision: 'left', margin: 0.01 });
    return { ...leave, head: { C: 3 } };
  };

  test('is left once more by a run that leaves it, too', async () => {
    const store = copyStore(finished);
    const same = await left(store);
    expect(await runAgain(store, THIRD, same)).toMatchObject({
      ...{ status: 'unchanged', sameAs: SECOND, promotion: { decision: 'left' } },
    });
  });

  test.each([
    ['that may wait', { otherwise: 'wait' }],
    ['with another margin', { otherwise: 'leave', margin: 0.2 }],
  ] as const)('is asked about by a run %s', async (_, promotion) => {
    const store = copyStore(finished);
    const same = await left(store);
    const summary = await runAgain(store, THIRD, { ...same, promotion });
    expect(summary.status).toBe('completed');
    expect((await readRun(store, SECOND)).outcome).toMatchObject({ model: summary.model });
  });

  test('for an older release trained it, is offered to the rule', async () => {
    const store = copyStore(finished);
    await edit(store, keys.runOutcome(RUN_ID), (outcome) => ({ ...outcome, promotion: undefined }));
    expect(await runAgain(store, SECOND)).toMatchObject({ status: 'completed', model: first.model });
  });
});

describe('a run goes through all stages', () => {
  test.each([
    ['the regularisation', { head: { C: 3 } }],
    ['the class weight', { head: { classWeight: 'balanced' } }],
  ] as const)('and trains another model where %s differs', async (_, more) => {
    const summary = await runAgain(copyStore(finished), SECOND, more);
    expect(summary.status).toBe('completed');
    expect(summary.model).not.toBe(first.model);
  });

  test('and keeps the model where only the positive class differs', async () => {
    const store = copyStore(finished);
    expect(await runAgain(store, SECOND, { positive: 'non_food' })).toMatchObject({
      status: 'completed',
      positive: 'non_food',
      model: first.model,
    });
  });

  test('where the positive class of the data set has changed', async () => {
    const store = copyStore(finished);
    const { version } = await readManifest(store, 'meals', first.version);
    await edit(store, keys.datasetManifest('meals', version), (manifest) => ({
      ...manifest,
      positive: 'non_food',
    }));
    expect((await runAgain(store, SECOND)).status).toBe('completed');
  });

  test('and computes nothing but trains where one label has changed', async () => {
    const store = copyStore(finished);
    const relabelled = PICTURES.map((picture) =>
      picture.name === 'food 1' ? { ...picture, class: 'non_food' } : picture,
    );
    const version = await storeDataset(store, relabelled);
    const summary = await runAgain(store, SECOND, {}, version);
    expect(summary).toMatchObject({ status: 'completed', receipt: { computed: 0 } });
    expect(summary.model).not.toBe(first.model);
    expect(summary.receipt.contentHash).toBe(first.receipt.contentHash);
  });

  test('where a picture was forgotten and has come back', async () => {
    const store = copyStore(finished);
    const traces = await nameImage(store, imageHash('plate 1'));
    const { knowing } = await findKnowingRuns(store, traces);
    await forgetImage(store, traces, knowing, { keepReports: true });
    await storeDataset(store);
    expect((await runAgain(store, SECOND)).status).toBe('completed');
  });

  test('where a picture was forgotten, also against the run that ended as unchanged', async () => {
    const store = copyStore(finished);
    await runAgain(store, SECOND);
    const traces = await nameImage(store, imageHash('plate 1'));
    const { knowing } = await findKnowingRuns(store, traces);
    expect(knowing.map(({ runId, model }) => [runId, model])).toEqual([
      [RUN_ID, first.model],
      [SECOND, first.model],
    ]);
    await forgetImage(store, traces, knowing);
    const version = await storeDataset(
      store,
      PICTURES.filter(({ name }) => name !== 'plate 1'),
    );
    expect((await runAgain(store, THIRD, {}, version)).status).toBe('completed');
  });

  const ofFirst = {
    'its report': keys.runReport(RUN_ID),
    'its metrics': keys.runMetrics(RUN_ID),
    'its outcome': keys.runOutcome(RUN_ID),
    'the registry’s record': keys.lastRun('meals'),
  };

  test.each(Object.entries(ofFirst))('where %s is gone', async (_, key) => {
    const store = copyStore(finished);
    store.objects.delete(key);
    expect((await runAgain(store, SECOND)).status).toBe('completed');
  });

  test.each(Object.entries(ofFirst))('where %s was cut', async (_, key) => {
    const store = copyStore(finished);
    store.objects.set(key, (await store.get(key)).slice(0, -2));
    expect((await runAgain(store, SECOND)).status).toBe('completed');
  });

  test('and trains the same model anew where its head is gone', async () => {
    const store = copyStore(finished);
    store.objects.delete(keys.head(first.model));
    expect(await runAgain(store, SECOND)).toMatchObject({ status: 'completed', model: first.model });
    expect(store.objects.has(keys.head(first.model))).toBe(true);
  });

  test('where the head was altered, and so says which object is damaged', async () => {
    const store = copyStore(finished);
    store.objects.set(keys.head(first.model), Buffer.from('{'));
    await expect(runAgain(store, SECOND)).rejects.toThrow(`${keys.head(first.model)}: head.json is damaged`);
  });

  test('where the other release of Graft trained', async () => {
    const store = copyStore(finished);
    await edit(store, keys.lastRun('meals'), (last) => ({
      ...last,
      lineage: { ...(last as { lineage: object }).lineage, graft: '0.0.1' },
    }));
    expect((await runAgain(store, SECOND)).status).toBe('completed');
  });

  test('that Temporal has reset, and replaces the outcome that it had before', async () => {
    const store = copyStore(finished);
    const failed = { runId: SECOND, workflowId: 'graft-meals-1', status: 'failed' };
    store.objects.set(keys.runOutcome(SECOND), Buffer.from(canonicalJson({ ...failed, cause: {} })));
    const completed = await runAgain(store, SECOND, { head: { C: 3 } });
    expect((await readRun(store, SECOND)).outcome).toEqual(completed);
  });

  test('that Temporal has reset: it is not the same as itself', async () => {
    const store = copyStore(finished);
    expect((await runAgain(store, RUN_ID)).status).toBe('completed');
  });
});
