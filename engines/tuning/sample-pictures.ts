import { sharp } from '../decode/sharp-loaders.js';

/** Size of the pictures in pixels: what pictures on the web mostly have. */
const WIDTH = 512;
const HEIGHT = 384;

/**
 * Makes JPEGs that take a decoder as long as photographs do: soft shapes of all sizes and some grain, some 60 kB each.
 * The same for the same count, always.
 */
export function makeSamplePictures(count: number): Promise<readonly Uint8Array[]> {
  return Promise.all(Array.from({ length: count }, (_, at) => makePicture(at + 1)));
}

async function makePicture(seed: number): Promise<Uint8Array> {
  const random = createRandom(seed);
  const [coarse, fine] = await Promise.all([enlargeNoise(random, 8), enlargeNoise(random, 64)]);
  const pixels = coarse.map((level, at) => 0.7 * level + 0.25 * (fine[at] ?? 0) + 12 * random());
  return sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** Random colours on a grid `columns` wide, enlarged softly to the picture's size. */
async function enlargeNoise(random: () => number, columns: number): Promise<Uint8Array> {
  const rows = (columns * HEIGHT) / WIDTH;
  const noise = Uint8Array.from({ length: columns * rows * 3 }, () => 256 * random());
  return sharp(noise, { raw: { width: columns, height: rows, channels: 3 } })
    .resize(WIDTH, HEIGHT, { fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer();
}

/** Numbers from 0 to 1 (exclusive): xorshift32 (Marsaglia, 2003). */
function createRandom(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
