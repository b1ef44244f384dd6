import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { CROP_BICUBIC } from '../../backbones/recipes.js';
import { createDecoder } from '../../engines/decode/decode.js';
import { sharp } from '../../engines/decode/sharp-loaders.js';
import { readFixture } from './pictures.js';

const decode = createDecoder(CROP_BICUBIC);
const reasonOf = async (bytes: Uint8Array) => (await decode(bytes, new Uint8Array(224 * 224 * 3)))?.reason;
const text = (content: string) => new TextEncoder().encode(content);
const wide = async () => sharp(await readFixture('wide'));

test('nothing is refused as nothing', async () => {
  expect(await reasonOf(new Uint8Array())).toBe('is empty (0 bytes)');
});

test('another format under a JPEG name is refused by what it is', async () => {
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"><rect width="9" height="9"/></svg>';
  expect(await reasonOf(text(svg))).toContain('SVG');
  expect(await reasonOf(text('<!doctype html><title>404</title>'))).toContain('HTML');
  expect(await reasonOf(await (await wide()).gif().toBuffer())).toContain('GIF');
  expect(await reasonOf(await (await wide()).tiff().toBuffer())).toContain('TIFF');
  expect(await reasonOf(await (await wide()).avif({ effort: 0 }).toBuffer())).toContain('AVIF');
});

test('libvips itself decodes no other format in this process', async () => {
  const svg = text('<svg xmlns="http://www.w3.org/2000/svg" width="3" height="3"/>');
  await expect(sharp(svg).raw().toBuffer()).rejects.toThrow('unsupported image format');
  const gif = await (await wide()).gif().toBuffer();
  await expect(sharp(gif).raw().toBuffer()).rejects.toThrow('unsupported image format');
});

test('a PNG of 30,000 × 30,000 pixels in a few bytes is refused by its header', async () => {
  expect(await reasonOf(makePngBomb(30_000, 30_000))).toContain('30,000 × 30,000 pixels');
});

test('a picture whose header lies about its size is refused', async () => {
  const honest = await plainPng(64, 64);
  const lying = Buffer.from(honest);
  lying.writeUInt32BE(4096, 20);
  expect(await reasonOf(lying)).toBe('is a PNG that is cut off or damaged');
});

test.each(['baseline', 'progressive'])('a %s JPEG is refused wherever it is cut', async (kind) => {
  const whole = await (await wide()).jpeg({ progressive: kind === 'progressive' }).toBuffer();
  expect(await reasonOf(whole)).toBeUndefined();
  for (const part of [0.3, 0.6, 0.95])
    expect(await reasonOf(whole.subarray(0, whole.length * part))).toBe(
      'is a JPEG that is cut off or damaged',
    );
});

test('a JPEG that lost data in its middle but has an end is refused', async () => {
  const whole = await (await wide()).jpeg().toBuffer();
  const ended = Buffer.concat([whole.subarray(0, whole.length / 2), Buffer.of(0xff, 0xd9)]);
  expect(await reasonOf(ended)).toBe('is a JPEG that is cut off or damaged');
});

test('a JPEG with something behind its end, or between its segments, loses no pixels and is accepted', async () => {
  const whole = await (await wide()).jpeg().toBuffer();
  expect(await reasonOf(Buffer.concat([whole, Buffer.alloc(500, 7)]))).toBeUndefined();
  const scan = whole.indexOf(Buffer.of(0xff, 0xda));
  const stuffed = Buffer.concat([whole.subarray(0, scan), Buffer.of(1, 2, 3), whole.subarray(scan)]);
  await expect(sharp(stuffed, { failOn: 'warning' }).raw().toBuffer()).rejects.toThrow('extraneous bytes');
  expect(await reasonOf(stuffed)).toBeUndefined();
});

test('a PNG with a profile that libpng warns of is accepted', async () => {
  const png = await plainPng(300, 300);
  const profile = chunk(
    'iCCP',
    Buffer.concat([Buffer.from('broken\0\0'), deflateSync(Buffer.alloc(200, 1))]),
  );
  const afterHeader = 33;
  const odd = Buffer.concat([png.subarray(0, afterHeader), profile, png.subarray(afterHeader)]);
  expect(await reasonOf(odd)).toBeUndefined();
});

test('cut and damaged PNG and WebP files are refused', async () => {
  const png = await (await wide()).png().toBuffer();
  const webp = await (await wide()).webp().toBuffer();
  expect(await reasonOf(png.subarray(0, png.length / 2))).toBe('is a PNG that is cut off or damaged');
  expect(await reasonOf(webp.subarray(0, webp.length / 2))).toBe('is a WebP that is cut off or damaged');
  const flipped = Buffer.from(png);
  const middle = png.length >> 1;
  flipped.writeUInt8(flipped.readUInt8(middle) ^ 1, middle);
  expect(await reasonOf(flipped)).toBe('is a PNG that is cut off or damaged');
});

test('a refusal is the same sentence every time, without paths or versions', async () => {
  const jpeg = await (await wide()).jpeg().toBuffer();
  const cut = jpeg.subarray(0, jpeg.length / 3);
  const reasons = await Promise.all(Array.from({ length: 8 }, () => reasonOf(cut)));
  expect(new Set(reasons)).toEqual(new Set(['is a JPEG that is cut off or damaged']));
});

const plainPng = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#336699' } })
    .png()
    .toBuffer();

/** A PNG whose header promises far more than its data hold. */
function makePngBomb(width: number, height: number): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const data = deflateSync(Buffer.alloc(100_000));
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Length, type, data and checksum (PNG specification, 5.3). */
function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checked = Buffer.concat([Buffer.from(type), data]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(checked));
  return Buffer.concat([length, checked, checksum]);
}

/** CRC-32 of ISO 3309, bit by bit; zlib.crc32 came with Node 22. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
