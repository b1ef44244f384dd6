import { expect, test } from 'vitest';
import { chooseMicroBatch } from '../../engines/sizing/micro-batch-size.js';

/** A GPU that takes `fixed` seconds a call and `each` a picture, and holds at most `most`; `asked` are the sizes tried. */
function fakeGpu({ fixed = 0, each = 0.001, most = Number.POSITIVE_INFINITY }) {
  const asked: number[] = [];
  const measure = (size: number): Promise<number> => {
    asked.push(size);
    if (size > most) return Promise.reject(new Error('CUDA failure 2: out of memory'));
    return Promise.resolve(size / (fixed + each * size));
  };
  return { measure, asked };
}

test('the size is doubled while that brings more than 5 % more images/s', async () => {
  const { measure, asked } = fakeGpu({ fixed: 0.01, each: 0.001 });
  // From 64 to 128 pictures: 865 to 928 images/s, 7 % more; to 256: 962, 4 % more.
  expect(await chooseMicroBatch(measure)).toBe(128);
  expect(asked).toEqual([4, 8, 16, 32, 64, 128, 256]);
});

test('where more pictures at once bring nothing, there are 4', async () => {
  expect(await chooseMicroBatch(fakeGpu({ fixed: 0 }).measure)).toBe(4);
});

test('the size stays within 256, however much more would bring', async () => {
  expect(await chooseMicroBatch(fakeGpu({ fixed: 0.1, each: 1e-6 }).measure)).toBe(256);
});

test('the size stays within memory', async () => {
  const { measure, asked } = fakeGpu({ fixed: 0.1, most: 16 });
  expect(await chooseMicroBatch(measure)).toBe(16);
  expect(asked).toEqual([4, 8, 16, 32]);
});

test.each([1, 2, 3])('a GPU that holds %i pictures gets 1 or 2', async (most) => {
  expect(await chooseMicroBatch(fakeGpu({ most }).measure)).toBe(most === 1 ? 1 : 2);
});

test('a micro-batch that might take more than a second is not tried', async () => {
  const { measure, asked } = fakeGpu({ fixed: 0.3, each: 0.02 });
  // 16 pictures take 0.62 s; 32 might take 1.24.
  expect(await chooseMicroBatch(measure)).toBe(16);
  expect(asked).toEqual([4, 8, 16]);
});

test('a GPU that holds not even one picture fails with its own words, and so does one that is broken', async () => {
  await expect(chooseMicroBatch(fakeGpu({ most: 0 }).measure)).rejects.toThrow('out of memory');
  const broken = () => Promise.reject(new Error('an illegal memory access was encountered'));
  await expect(chooseMicroBatch(broken)).rejects.toThrow('illegal memory access');
});
