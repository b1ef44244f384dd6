/** The three splits, in the order in which they are processed and printed. */
export const SPLITS = ['training', 'validation', 'evaluation'] as const;
export type SplitName = (typeof SPLITS)[number];

/** 64 lower-case hexadecimal digits. */
export type Sha256 = string;

/** One image of a dataset: a row of `index.parquet`. */
export interface IndexRow {
  /** Key of the image in the object store. */
  readonly key: string;
  readonly split: SplitName;
  /** Label by name. */
  readonly class: string;
  /** Of the image file's bytes. */
  readonly sha256: Sha256;
  /** Size of the file. */
  readonly bytes: number;
  /** Pixels, as stored (before EXIF orientation). */
  readonly width: number;
  readonly height: number;
}

/** One image that was refused: a row of `quarantine.parquet`. */
export interface QuarantinedImage {
  /** Where it came from: the path inside the source. */
  readonly path: string;
  readonly split: SplitName;
  readonly class: string;
  /** `''` where the bytes could not be read. */
  readonly sha256: Sha256;
  readonly bytes: number;
  /** One short sentence: "is a GIF, expected JPEG, PNG or WebP". */
  readonly reason: string;
}

/** What `dataset.json` holds: everything about one version of a dataset but its rows. */
export interface DatasetManifest {
  readonly name: string;
  /** SHA-256 over the canonical sorted index rows. */
  readonly version: Sha256;
  /** In the label encoder's order (sorted by code point). */
  readonly classes: readonly string[];
  /** The class that binary metrics are about. */
  readonly positive: string;
  /** Images per split and class. */
  readonly counts: Readonly<Record<SplitName, Readonly<Record<string, number>>>>;
  readonly images: number;
  readonly quarantined: number;
  /** Distinct pictures of evaluation whose label somebody corrected; absent where nobody corrected any. */
  readonly editedLabels?: number | undefined;
  /** Where it came from, for people: never a credential. */
  readonly source: string;
  readonly licence: string;
}
