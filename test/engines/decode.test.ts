import { describe, expect, test } from 'vitest';
import { CROP_BICUBIC } from '../../backbones/recipes.js';
import { createDecoder } from '../../engines/decode/decode.js';
import { sharp } from '../../engines/decode/sharp-loaders.js';
import { comparePixels, FIXTURES, readFixture, readPillowCrop } from './pictures.js';

const decode = createDecoder(CROP_BICUBIC);

async function decoded(bytes: Uint8Array, decoder = decode): Promise<Uint8Array> {
  const target = new Uint8Array(224 * 224 * 3);
  expect(await decoder(bytes, target)).toBeUndefined();
  return target;
}

/** Red, green and blue in the middle of the decoded square. */
async function colourOf(bytes: Uint8Array, decoder = decode): Promise<readonly number[]> {
  const pixels = await decoded(bytes, decoder);
  return [...pixels.subarray((112 * 224 + 112) * 3, (112 * 224 + 112) * 3 + 3)];
}

const plain = (width: number, height: number, background: string | object) =>
  sharp({ create: { width, height, channels: 3, background: background as string } });

describe('the pixels', () => {
  test.each(FIXTURES)(
    'of %s.png equal what Pillow makes of it, within one level on average',
    async (name) => {
      const { mean } = comparePixels(await decoded(await readFixture(name)), await readPillowCrop(name));
      expect(mean).toBeLessThanOrEqual(1);
    },
  );

  test.each(['portrait', 'exact', 'small', 'wide', 'grey'] as const)(
    'of %s.png, which is enlarged, equal Pillow bit for bit',
    async (name) => {
      expect(comparePixels(await decoded(await readFixture(name)), await readPillowCrop(name)).greatest).toBe(
        0,
      );
    },
  );

  test('of a large JPEG come from every stored pixel, not from a decoder that shrinks', async () => {
    const noise = sharp({
      create: {
        width: 2400,
        height: 2200,
        channels: 3,
        background: 'grey',
        noise: { type: 'gaussian', mean: 128, sigma: 60 },
      },
    });
    const jpeg = await noise.jpeg({ quality: 95 }).toBuffer();
    const whole = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
    const { width, height } = whole.info;
    const expected = await sharp(whole.data, { raw: { width, height, channels: 3 } })
      .resize({ width: 279, height: 256, fit: 'fill', kernel: 'cubic' })
      .extract({ left: 27, top: 16, width: 224, height: 224 })
      .raw()
      .toBuffer();
    expect(comparePixels(await decoded(jpeg), expected).greatest).toBe(0);
    const shrunk = await sharp(jpeg)
      .resize({ width: 279, height: 256, fit: 'fill', kernel: 'cubic' })
      .extract({ left: 27, top: 16, width: 224, height: 224 })
      .raw()
      .toBuffer();
    expect(comparePixels(shrunk, expected).greatest).toBeGreaterThan(0); // so the test would notice
  });

  test('of a strip that is thousands of times longer than wide are its middle', async () => {
    const strip = await plain(2, 30_000, '#204060').png().toBuffer();
    expect(await colourOf(strip)).toEqual([0x20, 0x40, 0x60]);
  });

  test('of a single pixel are that pixel', async () => {
    const pixels = await decoded(await plain(1, 1, '#c08040').png().toBuffer());
    expect(new Set(pixels)).toEqual(new Set([0xc0, 0x80, 0x40]));
  });
});

describe('EXIF orientation', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    '%i gives the upright picture, reduced and enlarged',
    async (orientation) => {
      for (const name of ['landscape', 'portrait'] as const) {
        const upright = await readFixture(name);
        const { mean, greatest } = comparePixels(
          await decoded(await storeTurned(upright, orientation)),
          await decoded(upright),
        );
        expect(mean).toBeLessThan(0.5);
        expect(greatest).toBeLessThanOrEqual(3);
      }
    },
  );

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    '%i of a JPEG gives what the same pixels give as PNG',
    async (orientation) => {
      const png = await storeTurned(await readFixture('landscape'), orientation);
      const jpeg = await sharp(png).keepExif().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
      expect((await sharp(jpeg).metadata()).orientation).toBe(orientation);
      const { mean } = comparePixels(await decoded(jpeg), await decoded(png));
      expect(mean).toBeLessThan(0.5);
    },
  );

  test('is ignored where the recipe says so', async () => {
    const turned = await storeTurned(await readFixture('landscape'), 6);
    const ignoring = createDecoder({ ...CROP_BICUBIC, orientation: 'ignore' });
    expect(comparePixels(await decoded(turned, ignoring), await decoded(turned)).mean).toBeGreaterThan(5);
  });
});

/** Stores an upright picture as a camera that was held otherwise would (Exif 2.32, tag 0x0112). */
async function storeTurned(picture: Uint8Array, orientation: number): Promise<Uint8Array> {
  const { data, info } = await sharp(picture).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width: w, height: h } = info;
  const source = [
    (x: number, y: number) => [x, y],
    (x: number, y: number) => [w - 1 - x, y],
    (x: number, y: number) => [w - 1 - x, h - 1 - y],
    (x: number, y: number) => [x, h - 1 - y],
    (x: number, y: number) => [y, x],
    (x: number, y: number) => [w - 1 - y, x],
    (x: number, y: number) => [w - 1 - y, h - 1 - x],
    (x: number, y: number) => [y, h - 1 - x],
  ][orientation - 1];
  const [width, height] = orientation >= 5 ? [h, w] : [w, h];
  const stored = new Uint8Array(data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [fromX = 0, fromY = 0] = source?.(x, y) ?? [];
      stored.set(data.subarray((fromY * w + fromX) * 3, (fromY * w + fromX) * 3 + 3), (y * width + x) * 3);
    }
  return sharp(stored, { raw: { width, height, channels: 3 } })
    .withMetadata({ orientation })
    .png()
    .toBuffer();
}

describe('colours', () => {
  test('16 bits a channel become the upper 8', async () => {
    const deep = await plain(300, 300, '#4080c0').toColourspace('rgb16').png().toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe('ushort');
    expect(await colourOf(deep)).toEqual([0x40, 0x80, 0xc0]);
  });

  test('grey of 8 and of 16 bits becomes three equal channels', async () => {
    for (const space of ['b-w', 'grey16']) {
      const grey = await plain(300, 300, '#808080').toColourspace(space).png().toBuffer();
      expect((await sharp(grey).metadata()).channels).toBe(1);
      expect(await colourOf(grey)).toEqual([0x80, 0x80, 0x80]);
    }
  });

  test('CMYK becomes RGB', async () => {
    const printed = await plain(300, 300, '#c83232').toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
    expect((await sharp(printed).metadata()).space).toBe('cmyk');
    const [red = 0, green = 255, blue = 255] = await colourOf(printed);
    expect(Math.abs(red - 0xc8)).toBeLessThan(25);
    expect(Math.abs(green - 0x32)).toBeLessThan(25);
    expect(Math.abs(blue - 0x32)).toBeLessThan(25);
  });

  test.each([120, 300])('alpha is dropped and the colour under it stays (%i pixels wide)', async (size) => {
    const clear = await sharp({
      create: { width: size, height: size, channels: 4, background: { r: 10, g: 200, b: 30, alpha: 0 } },
    })
      .png()
      .toBuffer();
    expect(await colourOf(clear)).toEqual([10, 200, 30]);
  });

  test.each([120, 300])(
    'alpha is composed over white where the recipe says so (%i pixels wide)',
    async (size) => {
      const clear = await sharp({
        create: { width: size, height: size, channels: 4, background: { r: 10, g: 200, b: 30, alpha: 0 } },
      })
        .png()
        .toBuffer();
      expect(await colourOf(clear, createDecoder({ ...CROP_BICUBIC, alpha: 'white' }))).toEqual([
        255, 255, 255,
      ]);
    },
  );

  test('an embedded profile changes nothing, or is converted where the recipe says so', async () => {
    const plainRed = await plain(600, 600, '#c83232').png().toBuffer();
    const wideGamut = await sharp(plainRed).withIccProfile('p3').png().toBuffer();
    const stored = await sharp(wideGamut, { ignoreIcc: true }).raw().toBuffer();
    expect(await colourOf(wideGamut)).toEqual([...stored.subarray(0, 3)]);
    const [red = 0, green = 0, blue = 0] = await colourOf(
      wideGamut,
      createDecoder({ ...CROP_BICUBIC, icc: 'convert' }),
    );
    expect([red, green, blue]).not.toEqual([...stored.subarray(0, 3)]);
    expect(Math.abs(red - 0xc8) + Math.abs(green - 0x32) + Math.abs(blue - 0x32)).toBeLessThanOrEqual(6);
  });
});
