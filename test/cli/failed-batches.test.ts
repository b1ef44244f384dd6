import { expect, test } from 'vitest';
import { describeFailedBatches } from '../../cli/failed-batches.js';
import { addDelta, emptyDelta, openProgress } from '../../workflows/progress.js';

const open = openProgress('run-1', 'sample', 'efficientnet-lite0');

const failing = (count: number) =>
  addDelta(
    open,
    {
      ...emptyDelta,
      batchesFailed: count,
      failedBatches: Array.from({ length: count }, (_, at) => ({
        id: `training-000${at}`,
        images: at + 1,
        cause: `a \x1b[31mpicture changed`,
      })),
    },
    0,
  );

test('names each failed batch with its pictures and its cause, escaped', () => {
  expect(describeFailedBatches(failing(2))).toBe(
    '  2 failed batches\n' +
      '    training-0000  1 picture: a \\x1b[31mpicture changed\n' +
      '    training-0001  2 pictures: a \\x1b[31mpicture changed\n',
  );
});

test('says how many more there are, and where', () => {
  const lines = describeFailedBatches(failing(23)).trimEnd().split('\n');
  expect(lines).toHaveLength(1 + 20 + 1);
  expect(lines.at(-1)).toBe('    and 3 more: runs/run-1/batches/');
});

test('says nothing of one, which is named anyway', () => {
  expect(describeFailedBatches(failing(1))).toBe('');
  expect(describeFailedBatches(open)).toBe('');
});
