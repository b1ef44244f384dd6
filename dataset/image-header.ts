import { count } from './quote.js';
import { type ImageFormat, sniffFormat } from './image-format.js';

/** What a picture's first bytes say about it; nothing has been decoded. */
export interface ImageHeader {
  readonly format: ImageFormat;
  /** The ending of its name in the object store. */
  readonly extension: 'jpg' | 'png' | 'webp';
  /** Pixels as stored, before EXIF orientation. */
  readonly width: number;
  readonly height: number;
}

/** A picture that is refused; the reason completes "It …". */
export interface ImageRefusal {
  readonly reason: string;
}

/** Most pixels of a picture: decoded, 100 megapixels are 300 MB. */
export const MAX_PIXELS = 100_000_000;

/**
 * Raise it with every change by which {@link readImageHeader} would say anything else of any bytes: what it said before is
 * kept in listings of sources, which are then read anew.
 */
export const HEADER_RULES = 1;

type Size = Pick<ImageHeader, 'width' | 'height'>;

const EXTENSION = { jpeg: 'jpg', png: 'png', webp: 'webp' } as const;
const TITLE = { jpeg: 'JPEG', png: 'PNG', webp: 'WebP' } as const;
const READ_SIZE = { jpeg: readJpegSize, png: readPngSize, webp: readWebpSize } as const;

/**
 * Reads format, width and height from a picture's bytes without decoding it (a few microseconds), or says why it is
 * refused: empty, another format, cut off, without size, more than `maxPixels` pixels.
 */
export function readImageHeader(
  bytes: Uint8Array,
  { maxPixels = MAX_PIXELS }: { readonly maxPixels?: number } = {},
): ImageHeader | ImageRefusal {
  if (bytes.length === 0) return { reason: 'is empty (0 bytes)' };
  const sniffed = sniffFormat(bytes);
  if ('other' in sniffed) return { reason: `is ${sniffed.other}, expected JPEG, PNG or WebP` };
  const { format } = sniffed;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = readSizeOrCut(READ_SIZE[format], view);
  if (size === 'cut') return { reason: `is a ${TITLE[format]} that ends inside its header` };
  if (size === 'damaged') return { reason: `is a ${TITLE[format]} with a damaged header` };
  if (size.width === 0 || size.height === 0) return { reason: `is a ${TITLE[format]} without pixels` };
  if (size.width * size.height > maxPixels) return { reason: describeTooManyPixels(size, maxPixels) };
  return { format, extension: EXTENSION[format], ...size };
}

function describeTooManyPixels({ width, height }: Size, maxPixels: number): string {
  return `has ${count(width)} × ${count(height)} pixels, more than ${count(maxPixels / 1_000_000)} megapixels`;
}

/** `DataView` throws a `RangeError` for a read past the end: the header is cut off there. */
function readSizeOrCut(read: (view: DataView) => Size | 'damaged', view: DataView): Size | 'damaged' | 'cut' {
  try {
    return read(view);
  } catch (error) {
    if (error instanceof RangeError) return 'cut';
    throw error;
  }
}

/** Walks the segments to the frame header (ITU-T T.81, B.1.1 and B.2.2). */
function readJpegSize(view: DataView): Size | 'damaged' {
  let at = 2;
  for (;;) {
    if (view.getUint8(at) !== 0xff) return 'damaged';
    while (view.getUint8(at) === 0xff) at++;
    const marker = view.getUint8(at++);
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) continue;
    if (isFrameHeader(marker)) return { height: view.getUint16(at + 3), width: view.getUint16(at + 5) };
    const startsPixelsOrEnds = marker === 0xda || marker === 0xd9 || marker === 0xd8 || marker === 0;
    const length = startsPixelsOrEnds ? 0 : view.getUint16(at);
    if (length < 2) return 'damaged';
    at += length;
  }
}

/** SOF0 to SOF15, without the tables and the reserved marker among them (DHT, JPG, DAC). */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** The IHDR chunk comes first (PNG specification, 11.2.2). */
function readPngSize(view: DataView): Size | 'damaged' {
  const IHDR = 0x49484452;
  if (view.getUint32(8) !== 13 || view.getUint32(12) !== IHDR) return 'damaged';
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** The first chunk is VP8, VP8L or VP8X (RFC 9649, 2.5 to 2.7). */
function readWebpSize(view: DataView): Size | 'damaged' {
  const [RIFF, LOSSY, LOSSLESS, EXTENDED] = [0x52494646, 0x56503820, 0x5650384c, 0x56503858];
  if (view.getUint32(0) !== RIFF) return 'damaged';
  const chunk = view.getUint32(12);
  if (chunk === LOSSY) return readLossySize(view);
  if (chunk === LOSSLESS) return readLosslessSize(view);
  if (chunk === EXTENDED) return { width: 1 + getUint24(view, 24), height: 1 + getUint24(view, 27) };
  return 'damaged';
}

/** A key frame's start code, then two 14-bit sizes (RFC 6386, 9.1). */
function readLossySize(view: DataView): Size | 'damaged' {
  if (view.getUint16(23) !== 0x9d01 || view.getUint8(25) !== 0x2a) return 'damaged';
  return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
}

/** A signature byte, then two 14-bit sizes less one. */
function readLosslessSize(view: DataView): Size | 'damaged' {
  if (view.getUint8(20) !== 0x2f) return 'damaged';
  const bits = view.getUint32(21, true);
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
}

const getUint24 = (view: DataView, at: number): number =>
  view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
