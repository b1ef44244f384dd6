import { expect, test } from 'vitest';
import { KINDS } from '../../chaos/faults.js';
import { scheduleFaults } from '../../chaos/schedule.js';

test('the same seed gives the same faults at the same moments, another seed others', () => {
  const schedule = scheduleFaults({ faults: 40, seed: 7, hasSmallDisk: true });
  expect(scheduleFaults({ faults: 40, seed: 7, hasSmallDisk: true })).toEqual(schedule);
  expect(scheduleFaults({ faults: 40, seed: 8, hasSmallDisk: true })).not.toEqual(schedule);
});

test('as many faults as asked for are half on a bucket and half in a folder, and every kind occurs', () => {
  const schedule = scheduleFaults({ faults: 41, seed: 7, hasSmallDisk: true });
  expect(schedule.filter(({ store }) => store === 's3')).toHaveLength(21);
  expect(schedule.filter(({ store }) => store === 'file')).toHaveLength(20);
  expect(new Set(schedule.map(({ kind }) => kind))).toEqual(new Set(KINDS));
});

test('no kind comes a second time before all kinds of its store have come', () => {
  const kinds = scheduleFaults({ faults: 20, seed: 3, hasSmallDisk: true, stores: ['s3'] }).map(
    ({ kind }) => kind,
  );
  expect(new Set(kinds.slice(0, 10)).size).toBe(10);
  expect(new Set(kinds.slice(10)).size).toBe(10);
});

test('a folder fails no requests, and is full in earnest where a disk can be mounted', () => {
  const kindsOf = (store: 's3' | 'file', hasSmallDisk: boolean) =>
    new Set(scheduleFaults({ faults: 40, seed: 1, hasSmallDisk, stores: [store] }).map(({ kind }) => kind));
  expect([...kindsOf('file', true)].sort()).toEqual([
    'extractor',
    'freeze',
    'full',
    'server',
    'shard',
    'worker',
  ]);
  expect(kindsOf('file', false).has('full')).toBe(false);
  expect(kindsOf('s3', false).has('full')).toBe(true);
  expect(kindsOf('s3', true).has('full')).toBe(false);
});
