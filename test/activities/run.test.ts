import { expect, test } from 'vitest';
import { createRunActivities } from '../../activities/run.js';
import { resolveBackbone } from '../../backbones/registry.js';
import { resolveDataset } from '../../dataset/known-datasets.js';
import { BadInput } from '../../errors/graft-error.js';
import type { ClosedRun } from '../../runs/run-summary.js';
import { keys } from '../../storage/keys.js';
import { ObjectConflict } from '../../storage/object-store.js';
import { MemoryStore } from '../support/memory-store.js';

const REQUEST = { runId: 'r1', workflowId: 'graft-sample-1', startedAt: '2026-01-02T03:04:05.000Z' };

function createActivities() {
  const store = new MemoryStore();
  const activities = createRunActivities({
    store,
    resolveBackbone,
    resolveDataset,
    knownSearchAttributes: () => Promise.resolve(['GraftStage']),
  });
  return { store, activities };
}

const readJson = async (store: MemoryStore, key: string): Promise<unknown> =>
  JSON.parse(Buffer.from(await store.get(key)).toString());

test('openRun records the input as given and the settings with every default', async () => {
  const { store, activities } = createActivities();
  const input = { dataset: 'sample', batchSize: 8, head: { C: 0.5 } };
  const opened = await activities.openRun({ ...REQUEST, input });
  expect(opened.searchAttributes).toEqual(['GraftStage']);
  expect(opened.settings).toMatchObject({
    dataset: 'sample',
    backbone: 'efficientnet-lite0',
    batchSize: 8,
    head: { C: 0.5, classWeight: 'balanced' },
  });
  expect(store.changes).toEqual([keys.runInput('r1')]);
  expect(await readJson(store, keys.runInput('r1'))).toEqual({
    ...REQUEST,
    input,
    settings: opened.settings,
  });
});

test('openRun may run twice', async () => {
  const { store, activities } = createActivities();
  const first = await activities.openRun({ ...REQUEST, input: { dataset: 'sample' } });
  expect(await activities.openRun({ ...REQUEST, input: { dataset: 'sample' } })).toEqual(first);
  expect(store.changes).toEqual([keys.runInput('r1')]);
});

test.each([
  ['an unknown backbone', { dataset: 'sample', backbone: 'resnet-9000' }, 'resnet-9000'],
  ['an unknown data set without a source', { dataset: 'lunches' }, 'lunches'],
  ['a misspelt field', { dataset: 'sample', batchsize: 3 }, 'batchsize'],
  ['no object at all', 'sample', 'expected an object'],
  ['nothing', undefined, 'received nothing'],
])('openRun refuses %s and writes nothing', async (_, input, named) => {
  const { store, activities } = createActivities();
  const failure: unknown = await activities.openRun({ ...REQUEST, input }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(BadInput);
  expect(String(failure)).toContain(named);
  expect(store.changes).toEqual([]);
});

test('closeRun records how a run ended, once', async () => {
  const { store, activities } = createActivities();
  const closed: ClosedRun = {
    runId: 'r1',
    workflowId: 'graft-sample-1',
    status: 'failed',
    cause: { type: 'BadInput', message: 'no' },
  };
  await activities.closeRun(closed);
  await activities.closeRun(closed);
  expect(store.changes).toEqual([keys.runOutcome('r1')]);
  expect(await readJson(store, keys.runOutcome('r1'))).toEqual(closed);
  await expect(activities.closeRun({ ...closed, status: 'cancelled' })).rejects.toThrow(ObjectConflict);
});
