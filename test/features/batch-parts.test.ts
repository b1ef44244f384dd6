import { expect, test } from 'vitest';
import { imagesOfPart, nameOfWork } from '../../features/batch-parts.js';

const images = [1, 2, 3, 4, 5];

test('the halves of a part are the part, down to single pictures', () => {
  expect(imagesOfPart(images, '')).toEqual(images);
  expect(imagesOfPart(images, 'a')).toEqual([1, 2, 3]);
  expect(imagesOfPart(images, 'b')).toEqual([4, 5]);
  expect(imagesOfPart(images, 'ab')).toEqual([3]);
  const single = ['aaa', 'aab', 'ab', 'ba', 'bb'].flatMap((part) => imagesOfPart(images, part));
  expect(single).toEqual(images);
});

test('every execution of a run has a name of its own', () => {
  const once = { round: 0, troubles: 0 };
  expect(nameOfWork('training-0007', once, '')).toBe('training-0007');
  expect(nameOfWork('training-0007', { ...once, round: 1 }, 'a')).toBe('training-0007-r1a');
  expect(nameOfWork('training-0007', { round: 2, troubles: 1 }, '')).toBe('training-0007-r2t1');
  expect(nameOfWork('training-0007', once, 'ab')).toBe('training-0007-ab');
});
