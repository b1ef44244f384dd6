import { beforeAll, describe, expect, test } from 'vitest';
import { alterPicture, drawScene } from '../../bench/harness/synthetic-scenes.js';
import { compareAligned } from '../../checks/duplicates/align-thumbnails.js';
import { pairNeighbours } from '../../checks/duplicates/candidate-pairs.js';
import { coarseLikeness } from '../../checks/duplicates/coarse-likeness.js';
import { findNearDuplicates, likenessOfCopies } from '../../checks/duplicates/find-near-duplicates.js';
import { type GreyThumbnail, makeGreyThumbnail } from '../../checks/duplicates/grey-thumbnail.js';
import { groupPairs, membersOf } from '../../checks/duplicates/group-pairs.js';
import { sharp } from '../../engines/decode/sharp-loaders.js';
import { seededRandom } from '../../heads/statistics/seeded-random.js';

const SCENES = 46;
let scenes: readonly Uint8Array[];
let thumbnails: readonly (GreyThumbnail | undefined)[];
beforeAll(async () => {
  const random = seededRandom(11);
  const drawn: Uint8Array[] = [];
  for (let at = 0; at < SCENES; at++) drawn.push(await drawScene(random));
  scenes = drawn;
  thumbnails = await Promise.all(scenes.map(makeGreyThumbnail));
});

/** Neighbours as if features told nothing: `k` rows around each, an even number, all equally similar. */
const around = (rows: number, k: number) => ({
  ...{ rows, k },
  ids: Int32Array.from({ length: rows * k }, (_, at) => {
    const steps = (at % k) - k / 2;
    return (Math.floor(at / k) + rows + (steps < 0 ? steps : steps + 1)) % rows;
  }),
  similarities: new Float32Array(rows * k).fill(0.9),
});

describe('near duplicates', () => {
  test('of a thousand unrelated pairs none passes', () => {
    const known = thumbnails.flatMap((thumbnail) => thumbnail ?? []);
    const pairs = known.flatMap((a, at) => known.slice(at + 1).map((b) => [a, b] as const));
    expect(pairs.length).toBeGreaterThan(1_000);
    expect(pairs.filter(([a, b]) => likenessOfCopies(a, b) !== undefined)).toEqual([]);
  });

  test.each([
    { crop: 0.02, scale: 0.7, quality: 70 },
    { crop: 0.02, scale: 0.4, quality: 40 },
    { crop: 0, scale: 1, quality: 30 },
    { crop: 0.05, scale: 0.8, quality: 80 },
  ])('cropped by $crop a side, shrunk to $scale, of quality $quality: pass', async (how) => {
    const copies = await Promise.all(
      scenes.slice(0, 12).map(async (scene) => makeGreyThumbnail(await alterPicture(scene, how))),
    );
    const both = [...thumbnails.slice(0, 12), ...copies];
    const neighbours = {
      ...{ rows: 24, k: 1 },
      ids: Int32Array.from({ length: 24 }, (_, row) => (row + 12) % 24),
      similarities: new Float32Array(24).fill(0.8),
    };
    const { pairs } = await findNearDuplicates(neighbours, (row) => Promise.resolve(both[row]));
    expect(pairs).toHaveLength(12);
  });

  test('of one composition are told apart by their detail', async () => {
    const landscape = async (sky: string, seed: number) => {
      const { data } = await sharp({ create: { width: 96, height: 96, channels: 3, background: sky } })
        .raw()
        .toBuffer({ resolveWithObject: true });
      const random = seededRandom(seed);
      for (let at = data.length / 2; at < data.length; at++) data[at] = 20 + 60 * random();
      const picture = sharp(data, { raw: { width: 96, height: 96, channels: 3 } });
      const thumbnail = await makeGreyThumbnail(await picture.png().toBuffer());
      if (thumbnail === undefined) throw new Error('expected a thumbnail');
      return thumbnail;
    };
    const likeness = compareAligned(await landscape('#dde', 1), await landscape('#ccd', 2));
    expect(likeness.layout).toBeGreaterThan(0.95);
    expect(likeness.detail).toBeLessThan(0.8);
  });

  test('a picture of one colour resembles nothing', async () => {
    const grey = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#888' } })
      .png()
      .toBuffer();
    const thumbnail = await makeGreyThumbnail(grey);
    if (thumbnail === undefined) throw new Error('expected a thumbnail');
    expect(coarseLikeness(thumbnail, thumbnail)).toBe(0);
    expect(compareAligned(thumbnail, thumbnail)).toEqual({ layout: 0, detail: 0 });
  });

  test('bytes that do not decode have no thumbnail and are in no pair', async () => {
    expect(await makeGreyThumbnail(Buffer.from('no picture'))).toBeUndefined();
    const { pairs } = await findNearDuplicates(around(3, 2), () => Promise.resolve(undefined));
    expect(pairs).toEqual([]);
  });

  test('are sought among the most similar mutual neighbours first, each pair once', () => {
    const neighbours = {
      ...{ rows: 3, k: 2 },
      ids: Int32Array.of(1, 2, 0, 2, 1, -1),
      similarities: Float32Array.of(0.5, 0.4, 0.5, 0.75, 0.75, Number.NEGATIVE_INFINITY),
    };
    // The first has the last as a neighbour, but not the other way round.
    expect(pairNeighbours(neighbours)).toEqual([
      { rows: [1, 2], cosine: 0.75 },
      { rows: [0, 1], cosine: 0.5 },
    ]);
  });

  test('the search ends once many of the most similar were refused', async () => {
    const rows = 2_000;
    const asked = new Set<number>();
    const { compared } = await findNearDuplicates(around(rows, 4), (row) => {
      asked.add(row);
      return Promise.resolve(undefined);
    });
    expect(compared).toBeLessThan(100 + rows / 32 + 8);
    expect(asked.size).toBeLessThan(rows);
  });
});

describe('groups', () => {
  test('hold what pairs connect, also over third ones', () => {
    const groups = groupPairs(7, [
      [4, 5],
      [0, 2],
      [2, 4],
    ]);
    expect([...groups]).toEqual([0, 1, 0, 3, 0, 0, 6]);
    expect(membersOf(groups)).toEqual([[0, 2, 4, 5]]);
  });
});
