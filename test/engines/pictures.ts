import { readFile } from 'node:fs/promises';
import { sharp } from '../../engines/decode/sharp-loaders.js';

/** The six pictures of test/fixtures/pictures, in the order of the features that go with them. */
export const FIXTURES = ['landscape', 'portrait', 'exact', 'small', 'wide', 'grey'] as const;
export type FixtureName = (typeof FIXTURES)[number];

export const readFixture = (name: FixtureName): Promise<Uint8Array> =>
  readFile(`test/fixtures/pictures/${name}.png`);

export const readFixtures = (): Promise<readonly Uint8Array[]> => Promise.all(FIXTURES.map(readFixture));

/** What EfficientNet-Lite0 makes of the six pictures as Pillow prepared them. */
export async function readFixtureFeatures(): Promise<readonly Float32Array[]> {
  const file = await readFile('test/fixtures/crop-bicubic/efficientnet-lite0.features.f32');
  const all = new Float32Array(new Uint8Array(file).buffer);
  return FIXTURES.map((_, at) => all.slice(at * 1280, (at + 1) * 1280));
}

/** What Pillow makes of one of the six pictures: 224 × 224 × 3 bytes. */
export const readPillowCrop = (name: FixtureName): Promise<Uint8Array> =>
  sharp(`test/fixtures/crop-bicubic/${name}.224.png`).removeAlpha().toColourspace('srgb').raw().toBuffer();

/** `count` JPEGs that all differ: small crops of one photograph-like picture. */
export async function makeJpegs(count: number): Promise<readonly Uint8Array[]> {
  const wide = sharp(await readFixture('wide'));
  return Promise.all(
    Array.from({ length: count }, (_, at) =>
      wide
        .clone()
        .extract({ left: at * 4, top: at % 20, width: 300, height: 150 })
        .jpeg({ quality: 90 })
        .toBuffer(),
    ),
  );
}

export interface Difference {
  readonly mean: number;
  readonly greatest: number;
}

/** Mean and greatest absolute difference of two pictures' bytes, in levels of 255. */
export function comparePixels(a: Uint8Array, b: Uint8Array): Difference {
  if (a.length !== b.length) throw new Error(`Pictures of ${a.length} and ${b.length} bytes do not compare.`);
  const differences = a.map((level, at) => Math.abs(level - (b[at] ?? 0)));
  const sum = differences.reduce((total, difference) => total + difference, 0);
  return { mean: sum / a.length, greatest: differences.reduce((most, one) => Math.max(most, one), 0) };
}

export function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) =>
    x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
