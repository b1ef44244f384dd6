import { createHash } from 'node:crypto';

/** Longest name in UTF-8 bytes: with a hash and an ending it stays under the 255 bytes of file systems. */
const LONGEST = 100;

/** Names that Windows keeps for devices, whatever follows the first dot. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * One part of an object key from an untrusted class or file name: letters, marks and digits of any script, `_`, `-` and
 * inner dots, at most 100 bytes, in Unicode's composed form (NFC).
 *
 * A name that has to change gets eight digits of its SHA-256, so that two names never become one.
 */
export function objectName(name: string): string {
  const composed = name.normalize('NFC');
  const safe = cutToBytes(composed.replace(/[^\p{L}\p{M}\p{N}._-]/gu, '_'), LONGEST)
    .replace(/^\.+/, '_')
    .replace(/\.+$/, '_');
  if (safe === composed && safe !== '' && !DEVICE.test(safe)) return safe;
  const digest = createHash('sha256').update(composed).digest('hex').slice(0, 8);
  return `${cutToBytes(safe.replace(DEVICE, '_$1$2'), LONGEST - 9) || '_'}-${digest}`;
}

function cutToBytes(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text;
  let cut = '';
  let bytes = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > most) break;
    cut += character;
  }
  return cut;
}

/** The file name of an image's key for people: without the folders, and without the hash that object names carry. */
export const fileName = (key: string): string =>
  key.slice(key.lastIndexOf('/') + 1).replace(/\.[0-9a-f]{12}(?=\.[^.]+$)/, '');
