import { expect, test } from 'vitest';
import { readPool } from '../../../backbones/import/pooling.js';
import { readPreprocessing } from '../../../backbones/import/preprocessing.js';
import { BadInput } from '../../../errors/graft-error.js';

test('nothing given is nothing', () => {
  expect(readPreprocessing({})).toBeUndefined();
});

test('a name stands for its numbers, and layout and channels go with it', () => {
  expect(readPreprocessing({ preprocessing: 'minus-one-to-one', layout: 'nhwc', channels: 'bgr' })).toEqual({
    normalisation: { scale: 1 / 127.5, mean: [1, 1, 1], std: [1, 1, 1] },
    layout: 'nhwc',
    channels: 'bgr',
  });
});

test('numbers are read for three channels or one for all, the scale as a fraction', () => {
  expect(readPreprocessing({ mean: '0.1, 0.2,-0.3', std: '2', scale: '1/255' })).toEqual({
    normalisation: { scale: 1 / 255, mean: [0.1, 0.2, -0.3], std: [2, 2, 2] },
  });
  expect(readPreprocessing({ scale: '1' })?.normalisation?.mean).toEqual([0, 0, 0]);
});

test.each([
  [{ preprocessing: 'torch' }, '--preprocessing: expected one of imagenet, clip'],
  [{ preprocessing: 'imagenet', scale: '1' }, 'either --preprocessing or'],
  [{ mean: '0.5' }, '--mean and --std need --scale: 1/255'],
  [{ mean: '1,2', scale: '1' }, '--mean: expected one number or three for red, green, blue; received "1,2"'],
  [{ mean: '1,x,2', scale: '1' }, '--mean: expected'],
  [{ std: '1,0,1', scale: '1' }, '--std: expected one number or three for red, green, blue, greater than 0'],
  [{ scale: '1/0' }, '--scale: expected one number, such as 1/255, greater than 0'],
  [{ scale: '' }, '--scale: expected'],
  [{ scale: '1/2/3' }, '--scale: expected'],
  [{ layout: 'chwn' }, '--layout: expected one of nchw, nhwc; received "chwn"'],
  [{ channels: 'yuv' }, '--channels: expected one of rgb, bgr'],
])('%j is refused by its option', (options, expected) => {
  expect(() => readPreprocessing(options)).toThrow(BadInput);
  expect(() => readPreprocessing(options)).toThrow(expected);
});

test('--pool takes its names alone', () => {
  expect(readPool('cls')).toBe('cls');
  expect(() => readPool('sum')).toThrow('--pool: expected one of average, mean, max, cls, flatten');
});
