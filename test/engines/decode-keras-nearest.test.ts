import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { KERAS_NEAREST } from '../../backbones/recipes.js';
import { createDecoder } from '../../engines/decode/decode.js';
import { nearestIndices } from '../../engines/decode/keras-nearest.js';
import { sharp } from '../../engines/decode/sharp-loaders.js';
import { needs, testWith } from '../support/needs.js';
import { comparePixels, FIXTURES, readFixture } from './pictures.js';

const FOLDER = 'test/fixtures/keras-nearest';
const LARGEST = 2_999;
const decode = createDecoder(KERAS_NEAREST);

async function decoded(bytes: Uint8Array): Promise<Uint8Array> {
  const target = new Uint8Array(224 * 224 * 3);
  expect(await decode(bytes, target)).toBeUndefined();
  return target;
}

const readExpected = (name: string): Promise<Uint8Array> =>
  sharp(`${FOLDER}/${name}.224-nearest.png`).removeAlpha().toColourspace('srgb').raw().toBuffer();

describe('the pixels', () => {
  test.each(FIXTURES)('of %s.png are those of Keras', async (name) => {
    const { greatest } = comparePixels(await decoded(await readFixture(name)), await readExpected(name));
    expect(greatest).toBe(0);
  });

  test.each(['subsampled.jpg', 'cmyk.jpg', 'ycck.jpg', 'grey16.png', 'palette.png', 'lossy.webp'])(
    'of %s are those that Pillow converts and resizes',
    async (file) => {
      const [name = ''] = file.split('.');
      const { greatest } = comparePixels(
        await decoded(await readFile(`${FOLDER}/${file}`)),
        await readExpected(name),
      );
      expect(greatest).toBe(0);
    },
  );

  test('are those stored, whatever EXIF orientation, profile and alpha say', async () => {
    const { data, info } = await sharp(await readFixture('landscape'))
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const picture = sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } });
    const dressed = await picture
      .ensureAlpha(0)
      .withMetadata({ orientation: 6 })
      .keepIccProfile()
      .png()
      .toBuffer();
    expect(await sharp(dressed).metadata()).toMatchObject({ orientation: 6, hasAlpha: true });
    expect(comparePixels(await decoded(dressed), await readExpected('landscape')).greatest).toBe(0);
  });
});

describe('the indices', () => {
  const table = Uint16Array.from(
    Array.from({ length: LARGEST }, (_, at) => [...nearestIndices(at + 1, 224)]).flat(),
  );

  test('are those of Pillow for every size from 1 to 2,999', () => {
    // Of Pillow's own table, 2,999 × 224 uint16 little-endian; the next test compares it number by number.
    expect(createHash('sha256').update(table).digest('hex')).toBe(
      'c43b213201ae580e0b12a12d31fcc0022dbdb5109055f978603ef573d3d5c8d3',
    );
  });

  testWith([needs.shared], 'are those of the table that Pillow wrote', async ([shared]) => {
    const file = gunzipSync(await readFile(`${shared}/fixtures/vgg16/nearest-224.u16.gz`));
    const expected = Array.from({ length: file.length / 2 }, (_, at) => file.readUInt16LE(at * 2));
    expect(expected.length).toBe(LARGEST * 224);
    expect(expected.findIndex((index, at) => index !== table[at])).toBe(-1);
  });

  test('would not be, were they multiplied or taken at pixel centres', () => {
    const differing = (indexOf: (output: number, size: number) => number) =>
      [320, 384, 512, 640, 1024].filter((size) =>
        nearestIndices(size, 224).some((index, output) => index !== Math.trunc(indexOf(output, size))),
      );
    expect(differing((output, size) => ((output + 0.5) * size) / 224)).not.toEqual([]);
  });
});
