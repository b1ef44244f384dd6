import { beforeEach, describe, expect, test } from 'vitest';
import { BadInput } from '../../errors/graft-error.js';
import { findChampion } from '../../registry/champion.js';
import type { Challenger, Judging } from '../../registry/consider-model.js';
import { readHistory } from '../../registry/history.js';
import { promoteByHand, promoteByPolicy } from '../../registry/promote-model.js';
import { listRejections, rejectModel } from '../../registry/rejections.js';
import { rollBack } from '../../registry/roll-back.js';
import { keys } from '../../storage/keys.js';
import { dyingStore } from '../support/dying-store.js';
import { MemoryStore } from '../support/memory-store.js';
import { DATASET, evaluationRows, LEARNT, registryDeps, storeModel, storeRows } from './registry-fixture.js';

const ROWS = [...LEARNT, ...evaluationRows(100)];
const names = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `e${at}`);

let store: MemoryStore;
let judging: Judging;
let models: Challenger[];
const at = (place: number): Challenger => {
  const model = models[place];
  if (model === undefined) throw new Error(`there is no model ${place}`);
  return model;
};

beforeEach(async () => {
  store = new MemoryStore();
  const version = await storeRows(store, ROWS);
  judging = { version, failedChecks: [] };
  models = [];
  for (let intercept = 0; intercept < 5; intercept++)
    models.push(await storeModel(store, version, intercept));
});

/** Each model gets as many pictures wrong as given, in the order of the models. */
const deps = (wrong: readonly number[] = [], more: { refusal?: string } = {}) => ({
  ...registryDeps(store, ROWS, {
    ...more,
    mistakes: Object.fromEntries(wrong.map((count, place) => [at(place).model, names(count)])),
  }),
});

const decisions = (): readonly string[] =>
  [...store.objects.keys()].filter((key) => key.startsWith(keys.decisions(DATASET)));

describe('the policy', () => {
  test('promotes the first model, and then what is no worse by the margin', async () => {
    const first = await promoteByPolicy(deps([3, 3, 9]), at(0), judging);
    expect(first.entry).toMatchObject({ number: 1, by: 'policy', kind: 'promoted', runId: 'run of 0' });
    expect(first.entry).not.toHaveProperty('before');
    const second = await promoteByPolicy(deps([3, 3, 9]), at(1), judging);
    expect(second.entry).toMatchObject({
      ...{ number: 2, before: at(0).model, model: at(1).model },
      comparison: { rows: 100, both: 97, neither: 3, lowerBound: -0.005 },
    });
    const third = await promoteByPolicy(deps([3, 3, 9]), at(2), judging);
    expect(third.verdict).toMatchObject({ decision: 'wait' });
    expect(third.verdict.reason).toMatch(/91\.0.% right against 97\.0.% on 100 pictures/);
    expect(third).not.toHaveProperty('entry');
    expect(await findChampion(store, DATASET)).toMatchObject({ model: at(1).model });
  });

  test('never promotes what may not be, and looks at no picture for it', async () => {
    await promoteByPolicy(deps(), at(0), judging);
    const refused = await promoteByPolicy(deps([], { refusal: 'It is int8.' }), at(1), judging);
    expect(refused.verdict).toEqual({ decision: 'refuse', reason: 'It is int8.' });
    expect(decisions()).toEqual([]);
  });

  test('waits where checks failed, with the numbers for whoever decides', async () => {
    await promoteByPolicy(deps(), at(0), judging);
    const waiting = await promoteByPolicy(deps(), at(1), { ...judging, failedChecks: ['12 leaks.'] });
    expect(waiting).toMatchObject({ verdict: { decision: 'wait' }, comparison: { rows: 100 } });
  });

  test('waits where the champion cannot be read, and says why', async () => {
    await promoteByPolicy(deps(), at(0), judging);
    await store.delete(keys.lineage(at(0).model));
    const waiting = await promoteByPolicy(deps(), at(1), judging);
    expect(waiting.verdict.decision).toBe('wait');
    expect(waiting.verdict.reason).toContain(
      `cannot be compared with the champion ${at(0).model.slice(0, 12)}`,
    );
  });

  test('does nothing with the champion itself', async () => {
    await promoteByPolicy(deps(), at(0), judging);
    const again = await promoteByPolicy(deps(), { ...at(0), runId: 'a later run' }, judging);
    expect(again.verdict.decision).toBe('keep');
    expect(await readHistory(store, DATASET)).toHaveLength(1);
  });

  test('that runs twice for a run promotes once, also where somebody rolled back between', async () => {
    await promoteByPolicy(deps(), at(0), judging);
    const once = await promoteByPolicy(deps(), at(1), judging);
    await rollBack(deps(), { dataset: DATASET });
    const twice = await promoteByPolicy(deps(), at(1), judging);
    expect(twice.entry).toEqual(once.entry);
    expect(await findChampion(store, DATASET)).toMatchObject({ model: at(0).model, entry: { number: 3 } });
  });

  test('that dies after any number of writes promotes once when it runs again', async () => {
    await promoteByPolicy(deps(), at(0), judging);
    for (let changes = 0; changes < 3; changes++) {
      const dying = { ...deps(), store: dyingStore(store, changes) };
      await promoteByPolicy(dying, at(1), judging).catch(() => undefined);
    }
    const { entry } = await promoteByPolicy(deps(), at(1), judging);
    expect(entry?.number).toBe(2);
    expect(await readHistory(store, DATASET)).toHaveLength(2);
    expect(decisions()).toHaveLength(1);
  });

  test('compares with whoever became the champion meanwhile', async () => {
    await promoteByPolicy(deps([8, 4, 0]), at(0), judging);
    const slow = deps([8, 4, 0]);
    let rivals = 0;
    const outcome = await promoteByPolicy(
      {
        ...slow,
        readHead: async (model) => {
          if (rivals++ === 0) await promoteByPolicy(deps([8, 4, 0]), at(2), judging);
          return slow.readHead(model);
        },
      },
      at(1),
      judging,
    );
    expect(outcome.verdict.decision).toBe('wait');
    expect(outcome.comparison).toMatchObject({ champion: at(2).model, onlyChampion: 4 });
    expect(await findChampion(store, DATASET)).toMatchObject({ model: at(2).model });
  });
});

describe('an evaluation split', () => {
  test('counts how often it decided, the same pair once, and warns after 20', async () => {
    await promoteByPolicy(deps(), at(0), judging);
    await promoteByPolicy(deps([0, 50]), at(1), judging);
    const again = await promoteByPolicy(deps([0, 50]), at(1), judging);
    expect(decisions()).toHaveLength(1);
    expect(again.verdict.warning).toBeUndefined();
    const { evaluationSet = '' } = again.comparison ?? {};
    for (let each = 0; each < 19; each++)
      await store.replace(keys.decision(DATASET, evaluationSet, `earlier ${each}`), Buffer.from('{}'));
    const late = await promoteByPolicy(deps([0, 0, 50]), at(2), judging);
    expect(late.verdict.warning).toMatch(/decided 21 times/);
  });

  test('keeps how many of its labels were edited', async () => {
    await promoteByPolicy(deps(), at(0), judging);
    const { entry } = await promoteByPolicy(deps(), at(1), { ...judging, editedLabels: 7 });
    expect(entry?.comparison?.editedLabels).toBe(7);
  });
});

describe('by hand', () => {
  test('a worse model becomes the champion, and the policy is quoted', async () => {
    await promoteByPolicy(deps(), at(0), judging);
    const handed = { by: 'cli', reason: 'a customer asked' } as const;
    const { entry, verdict } = await promoteByHand(deps([0, 50]), at(1), judging, handed);
    expect(entry).toMatchObject({ number: 2, by: 'cli', reason: 'a customer asked', before: at(0).model });
    expect(verdict.decision).toBe('wait');
  });

  test('nothing changes where the model is the champion, is gone, or may not be promoted', async () => {
    await promoteByPolicy(deps(), at(0), judging);
    await store.delete(keys.head(at(2).model));
    const before = [...store.objects.keys()];
    const promote = (place: number, refusal?: string) =>
      promoteByHand(deps([], refusal === undefined ? {} : { refusal }), at(place), judging, { by: 'cli' });
    await expect(promote(0)).rejects.toThrow(/is the champion of food already/);
    await expect(promote(2)).rejects.toThrow(/is gone from memory.*Train it again/);
    await expect(promote(1, 'It is int8.')).rejects.toThrow(/may not be promoted: It is int8\.$/);
    await expect(promote(1, 'It is int8.')).rejects.toThrow(BadInput);
    expect([...store.objects.keys()]).toEqual(before);
  });

  test('an approval that comes twice counts once, also after a rollback', async () => {
    await promoteByPolicy(deps(), at(0), judging);
    const approve = () => promoteByHand(deps([0, 50]), at(1), judging, { by: 'approve' });
    const once = await approve();
    expect((await approve()).entry).toEqual(once.entry);
    await rollBack(deps(), { dataset: DATASET });
    expect((await approve()).entry).toEqual(once.entry);
    expect(await readHistory(store, DATASET)).toHaveLength(3);
  });

  test('a rejection is kept once and changes no champion', async () => {
    const rejection = { model: at(1).model, runId: 'run of 1', reason: 'blurred', at: '2026-01-02' };
    await rejectModel(store, DATASET, rejection);
    await rejectModel(store, DATASET, { ...rejection, reason: 'otherwise' });
    await store.replace(keys.rejection(DATASET, 'damaged'), Buffer.from('{'));
    expect(await listRejections(store, DATASET)).toEqual([rejection]);
    expect(await findChampion(store, DATASET)).toBeUndefined();
  });
});

describe('a rollback', () => {
  test('adds an entry that points at the earlier champion', async () => {
    for (const place of [0, 1]) await promoteByPolicy(deps(), at(place), judging);
    const entry = await rollBack(deps(), { dataset: DATASET, reason: 'complaints' });
    expect(entry).toMatchObject({
      ...{ number: 3, kind: 'rolled-back', to: 1, model: at(0).model, runId: 'run of 0' },
      ...{ before: at(1).model, reason: 'complaints', by: 'cli' },
    });
  });

  test('changes nothing where the earlier model is gone or may not be promoted any more', async () => {
    for (const place of [0, 1]) await promoteByPolicy(deps(), at(place), judging);
    await expect(rollBack(deps([], { refusal: 'It is int8.' }), { dataset: DATASET })).rejects.toThrow(
      /any more/,
    );
    await store.delete(keys.head(at(0).model));
    await expect(rollBack(deps(), { dataset: DATASET })).rejects.toThrow(/is gone/);
    expect(await readHistory(store, DATASET)).toHaveLength(2);
  });

  test('that races with a promotion undoes one of the two champions, never a third', async () => {
    for (const place of [0, 1]) await promoteByPolicy(deps(), at(place), judging);
    await Promise.all([rollBack(deps(), { dataset: DATASET }), promoteByPolicy(deps(), at(2), judging)]);
    const history = await readHistory(store, DATASET);
    expect(history).toHaveLength(4);
    for (const [place, entry] of history.entries()) expect(entry.before).toBe(history[place - 1]?.model);
  });
});
