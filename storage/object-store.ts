import { GraftError } from '../errors/graft-error.js';

/** A key and its size in bytes, as listings give them. Keys use `/`, are relative to the store and never start with it. */
export interface StoredObject {
  readonly key: string;
  readonly size: number;
  /** When it was written, by the clock of whoever keeps it; only listings tell. */
  readonly modified?: Date;
}

/** A write that has not ended, and never will where its process is dead: no object, but it takes room. */
export interface UnfinishedWrite {
  /** For people: the temporary file, or the key that the object would have had. */
  readonly name: string;
  /** Bytes that it takes. */
  readonly size: number;
  /** When it was begun or last grew. */
  readonly modified: Date;
  /** Throws away what is there of it; one that is gone is no error. */
  remove(): Promise<void>;
}

/** A half-open range of bytes: `length` bytes from `offset`. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/**
 * Where Graft keeps everything: a folder (`file://`) or a bucket (`s3://`).
 *
 * Every write is atomic: a reader sees the whole object or none. Objects are immutable (`putIfAbsent`), except the few
 * pointers that are written last (`replace`).
 */
export interface ObjectStore {
  /** The address that the user typed, normalised: `file:///data` or `s3://bucket/prefix`. */
  readonly url: string;

  /** Reads an object, or a range of it. Throws {@link ObjectNotFound}. */
  get(key: string, range?: ByteRange): Promise<Uint8Array>;

  /**
   * Path of the file that an object of this name is, or would be; absent where objects are no files. Who reads there
   * gets no sentence that says what went wrong: read such an object again by {@link ObjectStore.get}.
   */
  readonly fileOf?: (key: string) => string;

  /** The object's size, or `undefined` where there is none. */
  head(key: string): Promise<StoredObject | undefined>;

  /**
   * Writes an object that nobody will ever change. An equal object that is there already is success (`'present'`);
   * a different one throws {@link ObjectConflict}.
   */
  putIfAbsent(key: string, body: Uint8Array): Promise<'written' | 'present'>;

  /** Writes or replaces a pointer; the last writer wins. */
  replace(key: string, body: Uint8Array): Promise<void>;

  /** Every object whose key starts with `prefix`, in the byte order of their keys. */
  list(prefix: string): AsyncIterable<StoredObject>;

  /** Writes under way and those that were abandoned: their age tells them apart. Absent where there can be none. */
  readonly unfinished?: () => AsyncIterable<UnfinishedWrite>;

  /** Removes an object; one that is not there is no error. */
  delete(key: string): Promise<void>;

  /** Reads, writes and deletes one small probe object; throws the sentence that says what is wrong. */
  check(): Promise<void>;
}

/** The object is not there. */
export class ObjectNotFound extends GraftError {}

/** Another object with other content has the name already: a bug or a damaged store, never a race that one may ignore. */
export class ObjectConflict extends GraftError {}

/** The store refuses for good: wrong credentials, no such bucket, no permission, not a folder. Never retried, exit code 2. */
export class StoreRefused extends GraftError {}

/** The store does not answer now: 5xx, time-out, connection refused, full disk. Retried. */
export class StoreUnavailable extends GraftError {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, { ...options, retryable: true });
  }
}
