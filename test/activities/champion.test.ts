import { beforeEach, describe, expect, test } from 'vitest';
import { createChampionActivities } from '../../activities/champion.js';
import type { EvaluatedRun } from '../../activities/summarise-run.js';
import { registerBackbone } from '../../backbones/registry.js';
import { findChampion } from '../../registry/champion.js';
import { readHistory } from '../../registry/history.js';
import { listRejections } from '../../registry/rejections.js';
import { findRun } from '../../runs/read-run.js';
import { keys } from '../../storage/keys.js';
import { draftOf } from '../backbones/drafts.js';
import { runActivity } from '../support/activity-context.js';
import { MemoryStore } from '../support/memory-store.js';
import { DATASET, LEARNT, row, storeModel, storeRows } from '../registry/registry-fixture.js';
import { mealSettings } from './meals.js';

// Three evaluation pictures: too few for the rule to decide by.
const ROWS = [...LEARNT, row('e1', 'evaluation'), row('e2', 'evaluation'), row('e3', 'evaluation')];
const CHAMPION_RUN = 'run of 0';

let store: MemoryStore;
let runs: readonly EvaluatedRun[];
let activities: ReturnType<typeof createChampionActivities>;

beforeEach(async () => {
  store = new MemoryStore();
  activities = createChampionActivities({ store });
  const version = await storeRows(store, ROWS);
  const settings = mealSettings({ dataset: DATASET, backbone: 'fake' });
  const headline = { accuracy: 1, rocAuc: null, averagePrecision: null, logLoss: 0, support: 3 };
  const evaluation = { positive: 'food', headline, classificationReport: 'report' };
  runs = await Promise.all(
    [0, 1].map(async (intercept) => {
      const { model, runId, fingerprint } = await storeModel(store, version, intercept);
      const subject = { runId, workflowId: 'w', settings, version, fingerprint, model };
      return { ...subject, evaluation, receipt: {} as EvaluatedRun['receipt'] };
    }),
  );
});

const at = (place: number): EvaluatedRun => {
  const run = runs[place];
  if (run === undefined) throw new Error(`there is no run ${place}`);
  return run;
};

const promote = (place: number) => runActivity(() => activities.promoteByRule(at(place)));

const approve = (place: number, word: { by?: string; reason?: string } = {}) =>
  runActivity(() => activities.approveModel({ ...at(place), ...word }));

describe('the rule', () => {
  test('promotes the first model, keeps it when it comes again, and leaves the second to people', async () => {
    expect(await promote(0)).toEqual({
      ...{ decision: 'promoted', by: 'policy', entry: 1, margin: 0.01 },
      reason: `It is the first model of ${DATASET}.`,
    });
    const again = { ...at(0), runId: 'a later run' };
    expect(await runActivity(() => activities.promoteByRule(again))).toMatchObject({ decision: 'kept' });
    expect(await promote(1)).toMatchObject({ decision: 'undecided', margin: 0.01 });
    expect(await findChampion(store, DATASET)).toMatchObject({ model: at(0).model });
  });

  test('answers the same where its first answer was lost, also after an approval', async () => {
    const once = await promote(0);
    expect(await promote(0)).toEqual(once);
    await promote(1);
    await approve(1, { reason: 'asked for' });
    expect(await promote(1)).toMatchObject({ decision: 'promoted', by: 'approve', entry: 2 });
    expect(await readHistory(store, DATASET)).toHaveLength(2);
  });

  test('leaves it to people where nobody can tell the champion', async () => {
    await store.replace(keys.championEntry(DATASET, 1), Buffer.from('{'));
    const { decision, reason } = await promote(0);
    expect(decision).toBe('undecided');
    expect(reason).toContain('does not read');
  });
});

describe('people', () => {
  test('see what the run would publish, until it has an outcome', async () => {
    const record = { runId: CHAMPION_RUN, workflowId: 'w', startedAt: '2026' };
    await store.replace(keys.runInput(CHAMPION_RUN), Buffer.from(JSON.stringify(record)));
    await activities.offerModel({ ...at(0), because: 'It is worse.' });
    await activities.offerModel({ ...at(0), because: 'It is worse.' });
    const { outcome, offer } = await findRun(store, 'last');
    expect(outcome).toBeUndefined();
    expect(offer).toMatchObject({ status: 'awaiting-approval', because: 'It is worse.', model: at(0).model });
  });

  test('approve, once, and the history says who and why', async () => {
    await promote(0);
    const once = await approve(1, { by: 'Ana', reason: 'asked for' });
    expect(once).toEqual({
      ...{ decision: 'promoted', by: 'approve', entry: 2, reason: 'asked for (Ana)', margin: 0.01 },
    });
    expect(await approve(1)).toEqual(once);
    expect(await findChampion(store, DATASET)).toMatchObject({ model: at(1).model });
  });

  test('reject, and the champion stays', async () => {
    await promote(0);
    expect(await activities.rejectModel({ ...at(1), by: 'Ana' })).toMatchObject({
      ...{ decision: 'rejected', reason: 'rejected (Ana)' },
    });
    expect(await listRejections(store, DATASET)).toMatchObject([
      { model: at(1).model, reason: 'rejected (Ana)' },
    ]);
    expect(await findChampion(store, DATASET)).toMatchObject({ model: at(0).model });
  });

  test('cannot approve what never may be the champion', async () => {
    await promote(0);
    const { backbone } = await registerBackbone(store, draftOf('fake', 'int8', { precision: 'int8' }));
    const { fingerprint } = backbone;
    const refused = await runActivity(() => activities.approveModel({ ...at(1), fingerprint }));
    expect(refused).toMatchObject({ decision: 'refused' });
    expect(refused.reason).toContain('its accuracy was never tested');
    expect(await readHistory(store, DATASET)).toHaveLength(1);
  });
});
