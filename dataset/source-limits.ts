/** Largest file that is read as a picture: 64 MiB. */
export const MAX_FILE_BYTES = 64 * 2 ** 20;

/** What an archive may hold; what declares more is taken for a bomb. */
export interface ArchiveLimits {
  /** Bytes of one picture, inflated. Default 64 MiB. */
  readonly maxFileBytes: number;
  /** Bytes of all entries together, inflated. Default 64 GiB. */
  readonly maxTotalBytes: number;
  /** Default a million: their directory is held in memory, about 1 KB each. */
  readonly maxEntries: number;
  /** Inflated by compressed bytes of a picture of more than 1 MiB. Default 200: pictures are compressed already. */
  readonly maxRatio: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = {
  maxFileBytes: MAX_FILE_BYTES,
  maxTotalBytes: 64 * 2 ** 30,
  maxEntries: 1_000_000,
  maxRatio: 200,
};
