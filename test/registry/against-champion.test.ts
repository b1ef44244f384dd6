import { beforeEach, expect, test } from 'vitest';
import { compareWithChampion } from '../../registry/against-champion.js';
import type { Challenger, Judging } from '../../registry/consider-model.js';
import { promoteByPolicy } from '../../registry/promote-model.js';
import { keys } from '../../storage/keys.js';
import { MemoryStore } from '../support/memory-store.js';
import { DATASET, LEARNT, evaluationRows, registryDeps, storeModel, storeRows } from './registry-fixture.js';

const ROWS = [...LEARNT, ...evaluationRows(100)];

let store: MemoryStore;
let judging: Judging;
let first: Challenger;
let second: Challenger;

beforeEach(async () => {
  store = new MemoryStore();
  const version = await storeRows(store, ROWS);
  judging = { version, failedChecks: [] };
  first = await storeModel(store, version, 0);
  second = await storeModel(store, version, 1);
});

const deps = (mistakes = 0) =>
  registryDeps(store, ROWS, {
    mistakes: { [second.model]: Array.from({ length: mistakes }, (_, at) => `e${at}`) },
  });

test('the first model has nothing beside it', async () => {
  expect(await compareWithChampion(deps(), first, judging)).toEqual({
    verdict: {
      decision: 'promote',
      reason: `It is the first model of ${DATASET}, and its data checks passed.`,
    },
  });
});

test('a later one is compared on the same pictures; nothing of it is written down', async () => {
  await promoteByPolicy(deps(), first, judging);
  store.changes.length = 0;
  const against = await compareWithChampion(deps(8), second, judging);
  expect(against).toMatchObject({
    champion: first.model,
    comparison: { rows: 100, both: 92, onlyChampion: 8, onlyChallenger: 0 },
    verdict: { decision: 'wait' },
  });
  // Two tails of a fair coin that falls eight times on one side.
  expect(against.mcnemar).toBeCloseTo(2 / 2 ** 8, 12);
  expect(store.changes).toEqual([]);
});

test('where nobody can tell the champion, it says so and fails nothing', async () => {
  await store.replace(keys.championEntry(DATASET, 1), Buffer.from('{'));
  const { verdict } = await compareWithChampion(deps(), first, judging);
  expect(verdict.decision).toBe('wait');
  expect(verdict.reason).toContain(`${keys.championEntry(DATASET, 1)} does not read`);
});
