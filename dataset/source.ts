/** One file of a source. Its bytes are read only when asked for, and at most once. */
export interface SourceFile {
  /** Path inside the source with `/`, e.g. `Food-5K/training/1_12.jpg`. Untrusted. */
  readonly path: string;
  /** Size in bytes as the source declares it. Untrusted. */
  readonly size: number;
  /**
   * Changes whenever the bytes do, so that an unchanged file need not be read again. Absent where nobody can promise that,
   * as of a file that was written a moment ago.
   */
  readonly stamp?: string | undefined;
  /** The bytes. Rejects with `BadInput` where the source is damaged or lies about its size. */
  read(): Promise<Uint8Array>;
}

/** A place that labelled pictures come from: a folder, a zip file. Nothing is unpacked as a whole. */
export interface DatasetSource {
  /** For people and manifests: never a credential. */
  readonly description: string;
  /** Tells this place from others, so that what was found there before is found again. Absent: nothing is kept of it. */
  readonly identity?: string;
  /** Every regular file, in an order that is the same every time. Hostile names, links and bombs are refused here. */
  files(): AsyncIterable<SourceFile>;
  /** Folders with nothing visible in them, so that an empty class is told from one that was never there. */
  emptyFolders(): readonly string[];
  close(): Promise<void>;
}
