import { beforeAll, expect, test } from 'vitest';
import { readJpegHead } from '../../engines/decode/jpeg-head.js';
import { sharp } from '../../engines/decode/sharp-loaders.js';
import { withoutMetadata } from '../../engines/decode/without-metadata.js';
import { readFixture } from './pictures.js';

const [APP1, APP13, COMMENT] = [0xe1, 0xed, 0xfe];

/** A segment of text. */
const segment = (marker: number, text: string): Buffer => {
  const content = Buffer.from(text);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(content.length + 2);
  return Buffer.concat([Buffer.of(0xff, marker), length, content]);
};

/** With XMP, Photoshop's block and a comment after the first two bytes. */
const annotate = (jpeg: Buffer): Buffer =>
  Buffer.concat([
    jpeg.subarray(0, 2),
    segment(APP1, 'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>'),
    segment(APP13, 'Photoshop 3.0\0'),
    segment(COMMENT, 'taken by nobody'),
    jpeg.subarray(2),
  ]);

const markersOf = (jpeg: Uint8Array): readonly number[] =>
  readJpegHead(jpeg).segments.map(({ marker }) => marker);

let photograph: Buffer;
let printed: Buffer;
beforeAll(async () => {
  const wide = sharp(await readFixture('wide'));
  const exif = { IFD0: { Copyright: 'nobody', ImageDescription: 'x'.repeat(500) } };
  photograph = annotate(await wide.clone().withExif(exif).withIccProfile('p3').jpeg().toBuffer());
  printed = annotate(await wide.clone().toColourspace('cmyk').withIccProfile('cmyk').jpeg().toBuffer());
});

test('EXIF, XMP, Photoshop’s block and comments go; JFIF, ICC and Adobe stay, and so does all that follows', () => {
  for (const jpeg of [photograph, printed]) {
    const bare = withoutMetadata(jpeg);
    const dropped = [APP1, APP13, COMMENT];
    expect(markersOf(bare)).toEqual(markersOf(jpeg).filter((marker) => !dropped.includes(marker)));
    const pixels = jpeg.indexOf(Buffer.of(0xff, 0xda));
    expect(jpeg.subarray(pixels).equals(bare.subarray(pixels - jpeg.length))).toBe(true);
  }
  expect(markersOf(withoutMetadata(photograph))).toContain(0xe2);
  expect(markersOf(withoutMetadata(printed))).toEqual(expect.arrayContaining([0xe2, 0xee]));
  expect(Buffer.from(withoutMetadata(photograph)).includes('nobody')).toBe(false);
});

test('a JPEG without metadata is handed back as it is', async () => {
  const plain = await sharp(await readFixture('wide'))
    .jpeg()
    .toBuffer();
  expect(withoutMetadata(plain)).toBe(plain);
});

test('a JPEG that is cut before its pixels, or has something between its segments, is handed back as it is', () => {
  const pixels = photograph.indexOf(Buffer.of(0xff, 0xda));
  for (let length = 0; length < pixels; length += 7) {
    const cut = photograph.subarray(0, length);
    expect(withoutMetadata(cut)).toBe(cut);
  }
  for (const junk of [Buffer.of(0), Buffer.of(0xff, 0, 0, 40), Buffer.of(0xff, 0xd8, 0, 40)]) {
    const odd = Buffer.concat([photograph.subarray(0, 2), junk, photograph.subarray(2)]);
    expect(withoutMetadata(odd)).toBe(odd);
  }
});

test('libvips decodes the same pixels, whether it heeds the profile or not', async () => {
  for (const jpeg of [photograph, printed])
    for (const ignoreIcc of [true, false]) {
      const decode = (bytes: Uint8Array) =>
        sharp(bytes, { ignoreIcc }).toColourspace('srgb').raw().toBuffer();
      const whole = await decode(jpeg);
      expect((await decode(withoutMetadata(jpeg))).equals(whole)).toBe(true);
    }
  const [heeded, ignored] = await Promise.all(
    [false, true].map((ignoreIcc) => sharp(photograph, { ignoreIcc }).raw().toBuffer()),
  );
  expect(heeded?.equals(ignored ?? Buffer.of())).toBe(false);
});
