import { describe, expect, test } from 'vitest';
import { sharp } from '../../engines/decode/sharp-loaders.js';
import { makeThumbnail } from '../../report/thumbnail.js';

const picture = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#c02020' } });
const sizeOf = async (bytes: Uint8Array): Promise<unknown> => {
  const { format, width, height, exif } = await sharp(bytes).metadata();
  return { format, width, height, exif };
};
const jpeg = (width: number, height: number) => ({ format: 'jpeg', width, height, exif: undefined });

describe('a thumbnail', () => {
  test.each(['jpeg', 'png', 'webp'] as const)('of a %s is a JPEG of at most 160 × 160', async (format) => {
    const bytes = await picture(800, 400).toFormat(format).toBuffer();
    expect(await sizeOf(await makeThumbnail(bytes))).toEqual(jpeg(160, 80));
  });

  test('is upright by the EXIF orientation, and carries no EXIF', async () => {
    const lying = await picture(800, 400).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    expect(await sizeOf(await makeThumbnail(lying))).toEqual(jpeg(80, 160));
  });

  test('is never larger than the picture', async () => {
    const bytes = await picture(20, 30).png().toBuffer();
    expect(await sizeOf(await makeThumbnail(bytes))).toEqual(jpeg(20, 30));
  });

  test('shows transparency as white', async () => {
    const clear = { width: 8, height: 8, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } as const;
    const thumbnail = await makeThumbnail(await sharp({ create: clear }).png().toBuffer());
    const [pixel = 0] = await sharp(thumbnail).raw().toBuffer();
    expect(pixel).toBeGreaterThan(250);
  });

  test('shows what there is of a picture that was cut off', async () => {
    const whole = await picture(400, 200).jpeg().toBuffer();
    const thumbnail = await makeThumbnail(whole.subarray(0, whole.length - 200));
    expect(await sizeOf(thumbnail)).toEqual(jpeg(160, 80));
  });

  test.each([
    ['nothing', new Uint8Array()],
    ['noise', Uint8Array.from({ length: 500 }, (_, i) => (i * 89) % 256)],
    [
      'an SVG, which is never rendered',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    ],
  ])('of %s is a grey placeholder', async (_, bytes) => {
    const thumbnail = await makeThumbnail(bytes);
    expect(await sizeOf(thumbnail)).toEqual(jpeg(160, 160));
    const { channels } = await sharp(thumbnail).stats();
    expect(channels.map(({ min, max }) => max - min)).toEqual([0, 0, 0]);
  });
});
