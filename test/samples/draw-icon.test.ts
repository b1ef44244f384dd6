import sharp from 'sharp';
import { expect, test } from 'vitest';
import { drawIcon, DRAWING_SIDE, PICTURE_SIDE, writeSvg } from '../../samples/draw-icon.js';

const SQUARE = { body: '<path fill="#ff0000" d="M0 0h32v32H0z"/>' };

test('a drawing takes its frame from the set, and what it says itself goes first', () => {
  const set = { width: 32, height: 32, icons: { plain: SQUARE, wide: { ...SQUARE, left: -2, width: 40 } } };
  expect(writeSvg(set, 'plain')).toContain('viewBox="0 0 32 32"');
  expect(writeSvg(set, 'wide')).toContain('viewBox="-2 0 40 32"');
});

test('where neither says a size, a drawing is 16 units a side', () => {
  expect(writeSvg({ icons: { plain: SQUARE } }, 'plain')).toContain('viewBox="0 0 16 16"');
});

test.each(['missing', 'toString'])('a drawing that the set lacks (%s) is refused by name', (name) => {
  expect(() => writeSvg({ icons: {} }, name)).toThrow(`no drawing named "${name}"`);
});

test('a picture is a JPEG with the drawing in the middle of white', async () => {
  const jpeg = await drawIcon({ width: 32, height: 32, icons: { square: SQUARE } }, 'square');
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  expect((await sharp(jpeg).metadata()).format).toBe('jpeg');
  expect([info.width, info.height, info.channels]).toEqual([PICTURE_SIDE, PICTURE_SIDE, 3]);
  const pixel = (x: number, y: number): number[] => [
    ...data.subarray((y * info.width + x) * 3).subarray(0, 3),
  ];
  const isRed = ([red = 0, green = 255, blue = 255]: number[]): boolean =>
    red > 240 && green < 15 && blue < 15;
  const edge = (PICTURE_SIDE - DRAWING_SIDE) / 2;
  expect(pixel(2, 2)).toEqual([255, 255, 255]);
  expect(pixel(PICTURE_SIDE - 3, PICTURE_SIDE - 3)).toEqual([255, 255, 255]);
  for (const at of [edge + 4, PICTURE_SIDE / 2, PICTURE_SIDE - edge - 5])
    expect(isRed(pixel(at, at))).toBe(true);
});
