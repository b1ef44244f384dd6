import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';

/** The splits and classes of the pictures that {@link writePictures} makes. */
const SPLITS = ['training', 'validation', 'evaluation'] as const;
const HUES = { cold: [40, 90, 220], warm: [225, 110, 40] } as const;

/**
 * A folder of small pictures, `<split>/<class>/<number>.jpg`: blobs in cold or warm colours, each different, the same in
 * every run. `from` is the first number, so that more can be added later.
 */
export async function writePictures(folder: string, perClass: number, from = 0): Promise<void> {
  for (const split of SPLITS) {
    for (const [name, hue] of Object.entries(HUES)) {
      await mkdir(join(folder, split, name), { recursive: true });
      for (let number = from; number < from + perClass; number++) {
        const seed = SPLITS.indexOf(split) * 100_000 + number * 2 + (name === 'warm' ? 1 : 0);
        await writeFile(join(folder, split, name, `${number}.jpg`), await drawPicture(hue, seed));
      }
    }
  }
}

async function drawPicture(
  [red, green, blue]: readonly [number, number, number],
  seed: number,
): Promise<Buffer> {
  const random = createRandom(seed);
  const side = 96;
  const [x, y, radius] = [random() * side, random() * side, 15 + random() * 30];
  const pixels = Buffer.alloc(side * side * 3);
  for (let at = 0; at < side * side; at++) {
    const inside = Math.hypot((at % side) - x, Math.floor(at / side) - y) < radius;
    const noise = random() * 40;
    pixels.set(
      [red, green, blue].map((value) => (inside ? value : value / 2) + noise).map(Math.floor),
      at * 3,
    );
  }
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** Mulberry32: the same numbers from the same seed. */
function createRandom(seed: number): () => number {
  let state = seed + 0x6d2b79f5;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
