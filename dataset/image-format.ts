/** The formats that Graft reads. */
export type ImageFormat = 'jpeg' | 'png' | 'webp';

const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** Magic numbers: format or a name for people, offset, bytes. The first match wins. */
const MAGIC: readonly (readonly [name: string, offset: number, magic: Uint8Array])[] = [
  ['jpeg', 0, Uint8Array.of(0xff, 0xd8, 0xff)],
  ['png', 0, Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)],
  ['webp', 8, ascii('WEBP')],
  ['a GIF', 0, ascii('GIF8')],
  ['a BMP', 0, ascii('BM')],
  ['a TIFF', 0, Uint8Array.of(0x49, 0x49, 0x2a, 0)],
  ['a TIFF', 0, Uint8Array.of(0x4d, 0x4d, 0, 0x2a)],
  ['an AVIF', 4, ascii('ftypavi')],
  ['a HEIC', 4, ascii('ftyphe')],
  ['a HEIC', 4, ascii('ftypmif1')],
  ['a video', 4, ascii('ftyp')],
  ['a JPEG XL', 0, Uint8Array.of(0xff, 0x0a)],
  ['a JPEG XL', 4, ascii('JXL ')],
  ['a JPEG 2000', 4, ascii('jP  ')],
  ['a Photoshop file', 0, ascii('8BPS')],
  ['an icon file', 0, Uint8Array.of(0, 0, 1, 0)],
  ['a PDF', 0, ascii('%PDF')],
  ['a zip file', 0, ascii('PK')],
  ['a gzip file', 0, Uint8Array.of(0x1f, 0x8b)],
  ['a macOS resource file', 0, Uint8Array.of(0, 5, 0x16, 7)],
];

/** Texts by what they hold; the first match wins. */
const TEXTS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['an SVG', /<svg[\s>]/i],
  ['an HTML page', /^\s*(<!doctype html|<html|<head|<body)/i],
  ['a Git LFS pointer', /^version https:\/\/git-lfs/],
  ['an XML file', /^\s*<\?xml/i],
  ['a text file', /^[\t\n\r\x20-\x7e\u0080-\uffff]+$/],
];

/** The first bytes that are looked at to name a text. */
const TEXT_BYTES = 512;

/** What the bytes are: a format that Graft reads, or a name for people such as `a GIF`. */
export function sniffFormat(
  bytes: Uint8Array,
): { readonly format: ImageFormat } | { readonly other: string } {
  const name = MAGIC.find(([, offset, magic]) => startsWith(bytes, offset, magic))?.[0];
  if (name === 'jpeg' || name === 'png' || name === 'webp') return { format: name };
  return { other: name ?? nameText(bytes) };
}

function startsWith(bytes: Uint8Array, offset: number, magic: Uint8Array): boolean {
  return bytes.length >= offset + magic.length && magic.every((byte, at) => bytes[offset + at] === byte);
}

function nameText(bytes: Uint8Array): string {
  const start = bytes.subarray(0, TEXT_BYTES);
  if (start.every((byte) => byte === 0)) return 'nothing but zero bytes';
  const text = new TextDecoder('utf-8').decode(start).replace(/\ufffd$/, '');
  if (text.includes('\ufffd')) return 'of no known format';
  return TEXTS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'of no known format';
}
