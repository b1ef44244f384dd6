import { createHash } from 'node:crypto';
import { fc } from '../support/properties.js';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { HEADER_RULES, readImageHeader } from '../../dataset/image-header.js';
import { tinyJpeg } from './pictures.js';

const canvas = (width: number, height: number, channels: 3 | 4 = 3) =>
  sharp({ create: { width, height, channels, background: { r: 200, g: 100, b: 50, alpha: 0.5 } } });

const reasonOf = (bytes: Uint8Array) => {
  const header = readImageHeader(bytes);
  return 'reason' in header ? header.reason : 'none';
};

describe('format and size are those that sharp finds', () => {
  const pictures = {
    'baseline JPEG': canvas(37, 21).jpeg(),
    'progressive JPEG with EXIF and a thumbnail-sized profile': canvas(300, 201)
      .withMetadata({ orientation: 6 })
      .jpeg({ progressive: true }),
    PNG: canvas(513, 2).png(),
    'lossy WebP': canvas(255, 16).webp(),
    'lossless WebP': canvas(1025, 3).webp({ lossless: true }),
    'WebP with alpha': canvas(77, 1000, 4).webp(),
  };
  test.each(Object.entries(pictures))('%s', async (_, picture) => {
    const bytes = await picture.toBuffer();
    const { format, width, height } = await sharp(bytes).metadata();
    expect(readImageHeader(bytes)).toMatchObject({ format, width, height });
  });
});

describe('what is no picture gets its name', () => {
  const others: Record<string, readonly [Uint8Array, string]> = {
    nothing: [new Uint8Array(), 'is empty (0 bytes)'],
    zeros: [new Uint8Array(2000), 'is nothing but zero bytes, expected JPEG, PNG or WebP'],
    GIF: [Buffer.from('GIF89a'), 'is a GIF, expected JPEG, PNG or WebP'],
    BMP: [Buffer.from('BM\0\0\0\0\0'), 'is a BMP, expected JPEG, PNG or WebP'],
    TIFF: [Buffer.from([0x49, 0x49, 0x2a, 0, 8]), 'is a TIFF, expected JPEG, PNG or WebP'],
    HEIC: [Buffer.from('\0\0\0\x18ftypheic'), 'is a HEIC, expected JPEG, PNG or WebP'],
    AVIF: [Buffer.from('\0\0\0\x18ftypavif'), 'is an AVIF, expected JPEG, PNG or WebP'],
    PDF: [Buffer.from('%PDF-1.7'), 'is a PDF, expected JPEG, PNG or WebP'],
    SVG: [Buffer.from('<?xml version="1.0"?>\n<svg xmlns="x">'), 'is an SVG, expected JPEG, PNG or WebP'],
    HTML: [Buffer.from('\n<!doctype html><html>'), 'is an HTML page, expected JPEG, PNG or WebP'],
    'Git LFS': [
      Buffer.from('version https://git-lfs.github.com/spec/v1\n'),
      'is a Git LFS pointer, expected JPEG, PNG or WebP',
    ],
    text: [Buffer.from('not a picture, ünïcode'), 'is a text file, expected JPEG, PNG or WebP'],
    noise: [Buffer.from([0x80, 0x81, 0xfe, 0x02]), 'is of no known format, expected JPEG, PNG or WebP'],
  };
  test.each(Object.entries(others))('%s', (_, [bytes, reason]) => {
    expect(reasonOf(bytes)).toBe(reason);
  });
});

test('a header that ends early is told, wherever it ends', async () => {
  for (const picture of [canvas(40, 30).jpeg(), canvas(40, 30).png(), canvas(40, 30).webp()]) {
    const bytes = await picture.toBuffer();
    for (let length = 12; length < 24; length++)
      expect(reasonOf(bytes.subarray(0, length))).toMatch(/is a (JPEG|PNG|WebP) that ends inside its header/);
  }
});

test('pictures without pixels, with too many, or with nonsense for a header are refused', () => {
  expect(reasonOf(tinyJpeg(1, 0, 8))).toBe('is a JPEG without pixels');
  expect(reasonOf(tinyJpeg(1, 20_000, 20_000))).toBe('has 20,000 × 20,000 pixels, more than 100 megapixels');
  expect(reasonOf(Buffer.from([0xff, 0xd8, 0xff, 0xda, 0, 2, 0, 0]))).toBe('is a JPEG with a damaged header');
});

test('any bytes give an answer, never an exception', () => {
  const magic = fc.constantFrom(
    [0xff, 0xd8, 0xff],
    [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    [...Buffer.from('RIFF\0\0\0\0WEBPVP8X')],
    [],
  );
  fc.assert(
    fc.property(magic, fc.uint8Array({ maxLength: 200 }), (start, rest) => {
      const header = readImageHeader(Uint8Array.from([...start, ...rest]));
      expect('reason' in header || (header.width > 0 && header.height > 0)).toBe(true);
    }),
  );
});

test('a view into a larger buffer is read at its own offset', async () => {
  const bytes = await canvas(9, 7).png().toBuffer();
  const larger = Buffer.concat([Buffer.alloc(13, 0xff), bytes]);
  expect(readImageHeader(larger.subarray(13))).toMatchObject({ width: 9, height: 7, extension: 'png' });
});

test('what is said of any bytes stays the same until HEADER_RULES is raised, so that listings are read anew', () => {
  const starts = [
    [0xff, 0xd8],
    [0x89, ...Buffer.from('PNG\r\n\x1a\n')],
    [...Buffer.from('RIFF....WEBPVP8 ')],
  ];
  const others = ['GIF89a', 'BM....', '%PDF-1.7', '<svg', '....ftypheic', 'text', ''];
  const bytes = [...starts, ...others.map((text) => [...Buffer.from(text)]), [...tinyJpeg(1)]].flatMap(
    (start) =>
      [0, 20, 60].map((length) =>
        Uint8Array.from([...start, ...Array.from({ length }, (_, n) => (n * 37) % 64)]),
      ),
  );
  const said = [
    ...bytes.map((each) => readImageHeader(each)),
    readImageHeader(tinyJpeg(1, 0, 8)),
    readImageHeader(tinyJpeg(1, 20_000, 20_000)),
  ];
  const digest = createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 12);
  expect({ HEADER_RULES, digest }).toMatchInlineSnapshot(`
    {
      "HEADER_RULES": 1,
      "digest": "dd587b7fbd44",
    }
  `);
});
