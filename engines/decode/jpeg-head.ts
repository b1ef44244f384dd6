/** A marker segment before a JPEG's pixels. Offsets in bytes of the file. */
export interface JpegSegment {
  readonly marker: number;
  /** Of the first byte of the marker. */
  readonly start: number;
  /** Of what follows the length. */
  readonly content: number;
  readonly end: number;
}

/** What stands before a JPEG's pixels. */
export interface JpegHead {
  /** Up to the pixels, or to where something else stands than must. */
  readonly segments: readonly JpegSegment[];
  /** Whether the segments lead up to the pixels without a gap. */
  readonly isSound: boolean;
}

const SOS = 0xda;

/** Walks a JPEG's segments up to its pixels (ITU-T T.81, B.1.1; a few microseconds). */
export function readJpegHead(bytes: Uint8Array): JpegHead {
  const segments: JpegSegment[] = [];
  for (let at = 2; at < bytes.length;) {
    const start = at;
    if (bytes[at] !== 0xff) break;
    while (bytes[at] === 0xff) at++;
    const marker = bytes[at++] ?? 0;
    if (marker === SOS) return { segments, isSound: true };
    if (hasNoPlaceHere(marker)) break;
    if (standsAlone(marker)) continue;
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    if (length < 2) break;
    segments.push({ marker, start, content: at + 2, end: at + length });
    at += length;
  }
  return { segments, isSound: false };
}

/** A stuffed zero, which libjpeg skips without a length, and the file's beginning and end. */
const hasNoPlaceHere = (marker: number): boolean => marker === 0x00 || marker === 0xd8 || marker === 0xd9;

/** TEM and RST0 to RST7 have no length. */
const standsAlone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
