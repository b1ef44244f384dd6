import { sharp } from '../../engines/decode/sharp-loaders.js';

const SIDE = 160;
const COLUMNS = 4;

/** Pairs of pictures side by side, four pairs a row: PNG, for people to look at. */
export async function drawContactSheet(
  pairs: readonly (readonly [Uint8Array, Uint8Array])[],
): Promise<Uint8Array> {
  const [across, down] = [2 * SIDE + 14, SIDE + 10];
  const tiles = await Promise.all(
    pairs.flatMap((pair, number) =>
      pair.map(async (bytes, at) => ({
        input: await sharp(bytes).resize(SIDE, SIDE, { fit: 'inside' }).png().toBuffer(),
        left: (number % COLUMNS) * across + at * (SIDE + 2),
        top: Math.floor(number / COLUMNS) * down,
      })),
    ),
  );
  const [width, height] = [COLUMNS * across, Math.max(1, Math.ceil(pairs.length / COLUMNS)) * down];
  const sheet = sharp({ create: { width, height, channels: 3, background: '#ffffff' } });
  return sheet.composite(tiles).png().toBuffer();
}
