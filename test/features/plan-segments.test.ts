import { expect, test } from 'vitest';
import { type Batch, batchIdsOf } from '../../features/batch.js';
import { planBatches } from '../../features/plan-batches.js';
import { PlanDamaged, readBatch, readPlan, writePlan } from '../../features/plan-segments.js';
import { ObjectNotFound } from '../../storage/object-store.js';
import { indexRow } from '../support/feature-fixtures.js';
import { MemoryStore } from '../support/memory-store.js';

const batchesOf = (images: number): Batch[] => {
  const rows = Array.from({ length: images }, (_, at) =>
    indexRow(`image ${at}`, { split: at % 3 === 0 ? 'evaluation' : 'training' }),
  );
  return planBatches(rows, new Set(), new Set(), 1);
};

test('a plan of 2,500 batches lies in three segments, whose ranges name exactly their batches', async () => {
  const store = new MemoryStore();
  const batches = batchesOf(2_500);
  const plan = await writePlan(store, 'run', { batches, reused: 7 });
  expect(plan).toMatchObject({ batches: 2_500, images: 2_500, reused: 7 });
  expect(plan.segments.map((segment) => segment.batches)).toEqual([1_000, 1_000, 500]);
  const ids = plan.segments.flatMap(({ ranges }) => ranges.flatMap(batchIdsOf));
  expect(ids).toEqual(batches.map(({ id }) => id));
  expect(await readPlan(store, 'run')).toEqual(plan);
  expect(store.changes.at(-1)).toBe('runs/run/plan.json');
});

test('each batch is found in the segment that names it, and a thousand lookups read the segment once', async () => {
  const store = new MemoryStore();
  const batches = batchesOf(1_001);
  const { segments } = await writePlan(store, 'run', { batches, reused: 0 });
  const found = await Promise.all(
    segments.flatMap(({ key, ranges }) => ranges.flatMap(batchIdsOf).map((id) => readBatch(store, key, id))),
  );
  expect(found).toEqual(batches);
  expect(store.reads.toSorted()).toEqual(segments.map(({ key }) => key).toSorted());
});

test('segments used long ago are forgotten and read again', async () => {
  const store = new MemoryStore();
  const plans = await Promise.all(
    Array.from({ length: 6 }, (_, run) =>
      writePlan(store, `run ${run}`, { batches: batchesOf(run + 1), reused: 0 }),
    ),
  );
  const keys = plans.map(({ segments }) => segments[0]?.key ?? '');
  for (const key of keys) await readBatch(store, key, 'evaluation-0000');
  const before = store.reads.length;
  await readBatch(store, keys[5] ?? '', 'evaluation-0000');
  expect(store.reads.length).toBe(before);
  await readBatch(store, keys[0] ?? '', 'evaluation-0000');
  expect(store.reads.length).toBe(before + 1);
});

test('the first plan of a run stays when a retry plans otherwise', async () => {
  const store = new MemoryStore();
  const first = await writePlan(store, 'run', { batches: batchesOf(5), reused: 0 });
  expect(await writePlan(store, 'run', { batches: batchesOf(3), reused: 2 })).toEqual(first);
  const [segment] = first.segments;
  expect((await readBatch(store, segment?.key ?? '', 'training-0002')).id).toBe('training-0002');
});

test('a failed read is not remembered, an unknown batch and a damaged segment are named', async () => {
  const store = new MemoryStore();
  const key = 'runs/run/plan/0000.abc.json';
  await expect(readBatch(store, key, 'training-0000')).rejects.toThrow(ObjectNotFound);
  await store.putIfAbsent(key, Buffer.from('{"batches":[{"id":1}]}'));
  await expect(readBatch(store, key, 'training-0000')).rejects.toThrow(PlanDamaged);
  await store.replace(key, Buffer.from('{"batches":[]}'));
  await expect(readBatch(store, key, 'training-0000')).rejects.toThrow(`${key} holds no batch training-0000`);
});
