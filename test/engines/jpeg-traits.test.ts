import { expect, test } from 'vitest';
import { readJpegTraits } from '../../engines/decode/jpeg-traits.js';
import { sharp } from '../../engines/decode/sharp-loaders.js';

const plain = () => sharp({ create: { width: 30, height: 20, channels: 3, background: '#336699' } });
const turned = (orientation: number) => plain().withMetadata({ orientation }).jpeg().toBuffer();

/** Where the value of the orientation tag lies: little-endian tag, type SHORT, count 1. */
const orientationAt = (jpeg: Buffer): number =>
  jpeg.indexOf(Buffer.of(0x12, 0x01, 0x03, 0x00, 0x01, 0x00, 0x00, 0x00)) + 8;

test('a JPEG without EXIF is upright', async () => {
  expect(readJpegTraits(await plain().jpeg().toBuffer())).toEqual({ components: 3, orientation: 'upright' });
});

test('channels are counted as stored', async () => {
  const grey = await plain().toColourspace('b-w').jpeg().toBuffer();
  const printed = await plain().toColourspace('cmyk').jpeg().toBuffer();
  expect(readJpegTraits(grey).components).toBe(1);
  expect(readJpegTraits(printed).components).toBe(4);
});

test('EXIF that asks for no turn is upright, every other orientation is left to sharp', async () => {
  expect(readJpegTraits(await turned(1)).orientation).toBe('upright');
  for (const orientation of [2, 3, 4, 5, 6, 7, 8])
    expect(readJpegTraits(await turned(orientation)).orientation).toBe('unknown');
});

test('EXIF that is not as it should be is left to sharp', async () => {
  const jpeg = await turned(1);
  const at = orientationAt(jpeg);
  expect(at).toBeGreaterThan(8);
  const damage = (change: (copy: Buffer) => void): Buffer => {
    const copy = Buffer.from(jpeg);
    change(copy);
    return copy;
  };
  const tiff = jpeg.indexOf('Exif') + 6;
  for (const damaged of [
    damage((copy) => copy.writeUInt16LE(4, at - 6)),
    damage((copy) => copy.writeUInt32LE(2, at - 4)),
    damage((copy) => copy.writeUInt16LE(9_999, tiff)),
    damage((copy) => copy.writeUInt32LE(0x7fff_ffff, tiff + 4)),
    damage((copy) => copy.writeUInt16LE(0xffff, tiff + 8)),
  ])
    expect(readJpegTraits(damaged).orientation).toBe('unknown');
});

test('a turn behind a stuffed zero, which other readers skip, is left to sharp', async () => {
  const jpeg = await turned(6);
  const frame = jpeg.indexOf(Buffer.of(0xff, 0xc0));
  const length = jpeg.readUInt16BE(frame + 2);
  const [exif, rest] = [jpeg.subarray(2, frame), jpeg.subarray(frame + 2 + length)];
  const odd = [
    jpeg.subarray(0, 2),
    jpeg.subarray(frame, frame + 2 + length),
    Buffer.of(0xff, 0, 0xff, 0xff),
    exif,
    rest,
  ];
  const traits = readJpegTraits(Buffer.concat(odd));
  expect(traits).toEqual({ components: 3, orientation: 'unknown' });
});

test('wherever a JPEG is cut before its pixels, nothing is claimed of its orientation', async () => {
  const jpeg = await turned(1);
  const pixels = jpeg.indexOf(Buffer.of(0xff, 0xda));
  for (let length = 3; length < pixels; length++)
    expect(readJpegTraits(jpeg.subarray(0, length)).orientation).toBe('unknown');
});
