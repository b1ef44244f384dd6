import { describe, expect, test } from 'vitest';
import { CannotCompare, compareModels } from '../../registry/compare-models.js';
import { writeSuccessor } from '../../dataset/successor.js';
import { keys } from '../../storage/keys.js';
import { FINGERPRINT, imageHash } from '../support/feature-fixtures.js';
import { MemoryStore } from '../support/memory-store.js';
import {
  DATASET,
  evaluationRows,
  LEARNT,
  OTHER_FINGERPRINT,
  registryDeps,
  row,
  storeModel,
  storeRows,
} from './registry-fixture.js';

const ROWS = [...LEARNT, ...evaluationRows(9)];

async function twoModels({ fingerprint = FINGERPRINT, olderRows = ROWS } = {}) {
  const store = new MemoryStore();
  const older = await storeRows(store, olderRows);
  const version = await storeRows(store, ROWS);
  const champion = await storeModel(store, older, 1);
  const challenger = await storeModel(store, version, 2, { fingerprint });
  return { store, older, request: { dataset: DATASET, version, champion, challenger } };
}

describe('two models', () => {
  test('are scored on the same rows', async () => {
    const { store, request } = await twoModels();
    const { champion, challenger } = request;
    const mistakes = { [champion.model]: ['e0', 'e1', 'e2'], [challenger.model]: ['e2', 'e3'] };
    const deps = registryDeps(store, ROWS, { mistakes });
    expect(await compareModels(deps, request)).toMatchObject({
      ...{ champion: champion.model, challenger: challenger.model, version: request.version },
      ...{ rows: 9, both: 5, onlyChampion: 1, onlyChallenger: 2, neither: 1, seen: 0, withoutFeature: 0 },
      ...{ championAccuracy: 6 / 9, challengerAccuracy: 7 / 9, lowerBound: 1 / 9 - 0.005 },
    });
    expect(deps.loads).toEqual([FINGERPRINT]);
  });

  test('each read the features of their own backbone, and only pictures that have both count', async () => {
    const { store, request } = await twoModels({ fingerprint: OTHER_FINGERPRINT });
    const missing = { [FINGERPRINT]: ['e1'], [OTHER_FINGERPRINT]: ['e2', 'e3'] };
    const deps = registryDeps(store, ROWS, { missing });
    expect(await compareModels(deps, request)).toMatchObject({ rows: 6, both: 6, withoutFeature: 3 });
    expect(deps.loads).toEqual([FINGERPRINT, OTHER_FINGERPRINT]);
  });

  test('are not scored on what either one was trained or tuned on', async () => {
    const olderRows = [...LEARNT, row('e0', 'training', 'non_food'), row('e1', 'validation')];
    const { store, request } = await twoModels({ olderRows });
    expect(await compareModels(registryDeps(store, ROWS), request)).toMatchObject({ rows: 7, seen: 2 });
    const swapped = { ...request, champion: request.challenger, challenger: request.champion };
    expect(await compareModels(registryDeps(store, ROWS), swapped)).toMatchObject({ rows: 7, seen: 2 });
  });

  test('nor on near duplicates of that', async () => {
    const { store, request } = await twoModels();
    const groups = [
      ['t1', 'e4', 'e5'],
      ['e6', 'e7'],
    ].map((group) => group.map(imageHash));
    const compared = await compareModels(registryDeps(store, ROWS), { ...request, groups });
    expect(compared).toMatchObject({ rows: 7, seen: 2 });
  });

  test('are scored once on files that are identical', async () => {
    const { store, request } = await twoModels();
    const twice = [...ROWS, { ...row('e0', 'evaluation', 'non_food'), key: 'food/evaluation/copy' }];
    const version = await storeRows(store, twice);
    const once = await compareModels(registryDeps(store, ROWS), request);
    const compared = await compareModels(registryDeps(store, ROWS), { ...request, version });
    expect(compared).toMatchObject({ rows: 9, evaluationSet: once.evaluationSet });
  });

  test('get another name of the evaluation set by other pictures, not by other labels', async () => {
    const { store, request } = await twoModels();
    const relabelled = ROWS.map((each) => (each.split === 'evaluation' ? { ...each, class: 'food' } : each));
    const setOf = async (rows: typeof ROWS): Promise<string> => {
      const version = await storeRows(store, rows);
      return (await compareModels(registryDeps(store, ROWS), { ...request, version })).evaluationSet;
    };
    expect(await setOf(relabelled)).toBe(await setOf(ROWS));
    expect(await setOf(ROWS.slice(0, -1))).not.toBe(await setOf(ROWS));
  });

  test('are not scored where no picture is left', async () => {
    const { store, request } = await twoModels({
      olderRows: ROWS.map((each) => ({ ...each, split: 'training' })),
    });
    const deps = registryDeps(store, ROWS);
    const none = { rows: 0, seen: 9, championAccuracy: null, challengerAccuracy: null, lowerBound: null };
    expect(await compareModels(deps, request)).toMatchObject(none);
    expect(deps.loads).toEqual([]);
  });

  test('cannot be compared where a version is gone, but for one that forgetting replaced', async () => {
    const olderRows = [...LEARNT, row('e0', 'training', 'non_food'), row('secret', 'training')];
    const { store, older, request } = await twoModels({ olderRows });
    await store.delete(keys.datasetIndex(DATASET, older));
    await expect(compareModels(registryDeps(store, ROWS), request)).rejects.toThrow(CannotCompare);
    const successor = await storeRows(store, olderRows.slice(0, -1));
    await writeSuccessor(store, DATASET, older, successor);
    expect(await compareModels(registryDeps(store, ROWS), request)).toMatchObject({ rows: 8, seen: 1 });
    await store.delete(keys.datasetIndex(DATASET, successor));
    await writeSuccessor(store, DATASET, successor, older);
    await expect(compareModels(registryDeps(store, ROWS), request)).rejects.toThrow(/Nobody can tell/);
  });
});
