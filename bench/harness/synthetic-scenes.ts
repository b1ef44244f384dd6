import { sharp } from '../../engines/decode/sharp-loaders.js';
import { type seededRandom } from '../../heads/statistics/seeded-random.js';

/** A picture that has nothing in common with others: a background of two colours and a few dozen shapes; JPEG, 256 × 192. */
export async function drawScene(random: ReturnType<typeof seededRandom>): Promise<Uint8Array> {
  const [width, height] = [256, 192];
  const pixels = Buffer.alloc(width * height * 3);
  const colour = () => [random() * 255, random() * 255, random() * 255] as const;
  const [top, bottom] = [colour(), colour()];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++)
        pixels[(y * width + x) * 3 + c] = ((top[c] ?? 0) * (height - y) + (bottom[c] ?? 0) * y) / height;
  for (let shape = 0; shape < 30; shape++) {
    const fill = colour();
    const [left, upper] = [random() * width, random() * height];
    const [across, down] = [4 + random() * 60, 4 + random() * 60];
    for (let y = Math.max(0, Math.floor(upper - down)); y < Math.min(height, upper + down); y++)
      for (let x = Math.max(0, Math.floor(left - across)); x < Math.min(width, left + across); x++)
        if (((x - left) / across) ** 2 + ((y - upper) / down) ** 2 < 1)
          for (let c = 0; c < 3; c++) pixels[(y * width + x) * 3 + c] = fill[c] ?? 0;
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg()
    .toBuffer();
}

/** The same picture cropped by `crop` of its size at every side, shrunk and encoded again. */
export async function alterPicture(
  bytes: Uint8Array,
  { crop = 0.02, scale = 0.7, quality = 70 } = {},
): Promise<Uint8Array> {
  const { width, height } = await sharp(bytes).metadata();
  const [left, top] = [Math.round(width * crop), Math.round(height * crop)];
  const [inner, outer] = [width - 2 * left, height - 2 * top];
  return sharp(bytes)
    .extract({ left, top, width: inner, height: outer })
    .resize({ width: Math.round(inner * scale) })
    .jpeg({ quality })
    .toBuffer();
}
