import * as zlib from 'node:zlib';
import type { Compressors } from 'hyparquet';

type Decompress = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Buffer;

/**
 * What Node itself can decompress; hyparquet brings Snappy, which pyarrow and DuckDB write by default.
 *
 * Each is bounded by the size that the page's header promises: a bomb ends there.
 */
export const decompressors: Compressors = {
  GZIP: (bytes, size) => zlib.gunzipSync(bytes, { maxOutputLength: size }),
  BROTLI: (bytes, size) => zlib.brotliDecompressSync(bytes, { maxOutputLength: size }),
  ZSTD: (bytes, size) => zstd()(bytes, { maxOutputLength: size }),
};

/** Node has Zstandard from 22.15 on; the types are those of Node 20. */
function zstd(): Decompress {
  const { zstdDecompressSync } = zlib as { readonly zstdDecompressSync?: Decompress };
  if (zstdDecompressSync === undefined)
    throw new Error(
      `expected Node 22.15 or later for a file compressed by zstd, received ${process.version}; rewrite the file with snappy`,
    );
  return zstdDecompressSync;
}
