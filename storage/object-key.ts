import { BadInput } from '../errors/graft-error.js';

/** S3's limit on a whole key, and what most file systems allow for one name. Bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;
const MAX_SEGMENT_BYTES = 255;

/** Half a character, which UTF-8 cannot hold. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * What is wrong with a key, or `undefined` where it may name an object in every kind of store.
 *
 * A key is one or more segments joined by `/`. Backslashes, control characters and lone surrogates are refused because a
 * file system, XML or UTF-8 would read them as something else.
 */
export function findKeyFault(key: string): string | undefined {
  const segments = key.split('/');
  if (key === '') return 'it is empty';
  if (segments.includes('')) return 'it starts or ends with "/" or holds "//"';
  if (segments.includes('.') || segments.includes('..')) return 'it holds "." or ".."';
  if (key.includes('\\')) return 'it holds a backslash';
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(key)) return 'it holds a control character';
  if (LONE_SURROGATE.test(key)) return 'it is not well-formed Unicode';
  const bytes = Buffer.byteLength(key);
  if (bytes > MAX_KEY_BYTES) return `it is longer than ${MAX_KEY_BYTES} bytes`;
  if (bytes > MAX_SEGMENT_BYTES && segments.some((segment) => Buffer.byteLength(segment) > MAX_SEGMENT_BYTES))
    return `a part of it is longer than ${MAX_SEGMENT_BYTES} bytes`;
  return undefined;
}

/** Throws `BadInput` unless `key` may name an object. */
export function assertKey(key: string): void {
  const fault = findKeyFault(key);
  if (fault !== undefined)
    throw new BadInput(
      `The object key ${JSON.stringify(key)} cannot be used: ${fault}. Rename the file or the class that it is made from.`,
    );
}

/** Throws `BadInput` unless some key may start with `prefix`. It may end anywhere, even in the middle of a name. */
export function assertPrefix(prefix: string): void {
  const folder = prefix.slice(0, Math.max(prefix.lastIndexOf('/'), 0));
  if (prefix.startsWith('/')) assertKey(prefix);
  if (folder !== '') assertKey(folder);
}

/** The range's bytes are counted in whole numbers from 0; anything else is a bug of the caller. */
export function assertRange(range: { readonly offset: number; readonly length: number }): void {
  for (const [name, value] of Object.entries({ offset: range.offset, length: range.length }))
    if (!Number.isSafeInteger(value) || value < 0)
      throw new RangeError(`Expected a whole number ≥ 0 for the range's ${name} but received ${value}.`);
}
