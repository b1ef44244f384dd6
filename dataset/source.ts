/** One file of a source. Its bytes are read only when asked for, and at most once. */
export interface SourceFile {
  /** Path inside the source with `/`, e.g. `Food-5K/training/1_12.jpg`. Untrusted. */
  readonly path: string;
  /** Size in bytes as the source declares it. Untrusted. */
  readonly size: number;
  /** The bytes. Rejects with `BadInput` where the source is damaged or lies about its size. */
  read(): Promise<Uint8Array>;
}

/** A place that labelled pictures come from: a folder, a zip file. Nothing is unpacked as a whole. */
export interface DatasetSource {
  /** For people and manifests: never a credential. */
  readonly description: string;
  /** Every regular file, in an order that is the same every time. Hostile names, links and bombs are refused here. */
  files(): AsyncIterable<SourceFile>;
  /** Folders with nothing visible in them, so that an empty class is told from one that was never there. */
  emptyFolders(): readonly string[];
  close(): Promise<void>;
}
