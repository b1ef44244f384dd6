import { expect, test } from 'vitest';
import { CROP_BICUBIC, CROP_BICUBIC_FAST, RECIPES, recipeSide } from '../../backbones/recipes.js';
import { computeFingerprint } from '../../backbones/fingerprint.js';
import { createDecoder } from '../../engines/decode/decode.js';
import { sharp } from '../../engines/decode/sharp-loaders.js';
import { comparePixels, readFixture } from './pictures.js';

async function decodeBoth(bytes: Uint8Array): Promise<readonly [exact: Uint8Array, fast: Uint8Array]> {
  const results = [new Uint8Array(224 * 224 * 3), new Uint8Array(224 * 224 * 3)] as const;
  expect(await createDecoder(CROP_BICUBIC)(bytes, results[0])).toBeUndefined();
  expect(await createDecoder(CROP_BICUBIC_FAST)(bytes, results[1])).toBeUndefined();
  return results;
}

const pictureOf = async (height: number) => sharp(await readFixture('landscape')).resize({ height });

test('a JPEG of three times the short side is shrunk while it is decoded and looks alike', async () => {
  const [exact, fast] = await decodeBoth(await (await pictureOf(800)).jpeg({ quality: 95 }).toBuffer());
  const { mean, greatest } = comparePixels(exact, fast);
  expect(greatest).toBeGreaterThan(0);
  expect(mean).toBeLessThan(4);
});

test('a turned JPEG is shrunk likewise', async () => {
  const jpeg = await (await pictureOf(800)).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer();
  const [exact, fast] = await decodeBoth(jpeg);
  expect(comparePixels(exact, fast).mean).toBeLessThan(4);
});

test('smaller JPEGs and other formats come out as they do without haste', async () => {
  const smaller = await (await pictureOf(500)).jpeg().toBuffer();
  const png = await (await pictureOf(800)).png().toBuffer();
  const webp = await (await pictureOf(800)).webp().toBuffer();
  for (const bytes of [smaller, png, webp]) {
    const [exact, fast] = await decodeBoth(bytes);
    expect(comparePixels(exact, fast).greatest).toBe(0);
  }
});

test('every recipe goes by its name, makes a square of 224, and has a fingerprint of its own', () => {
  const recipes = Object.entries(RECIPES);
  expect(recipes.map(([name, recipe]) => recipe.name === name)).toEqual([true, true, true]);
  expect(recipes.map(([, recipe]) => recipeSide(recipe))).toEqual([224, 224, 224]);
  const backbone = 'ab'.repeat(32);
  expect(new Set(recipes.map(([, recipe]) => computeFingerprint({ backbone, recipe }))).size).toBe(3);
});
