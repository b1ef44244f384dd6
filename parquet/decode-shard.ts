import { type FileMetaData, parquetMetadata } from 'hyparquet';
import { ChecksumMismatch } from './data-page.js';
import { readForeignShard } from './foreign-shard.js';
import { readOwnShard } from './own-shard.js';
import { type DecodedShard, ShardDamaged } from './shard.js';

/**
 * The vectors of a shard, bit for bit as they were written.
 *
 * Pages as Graft writes them are checked against their checksums and copied; anything else (other writers' pages,
 * dictionaries, compression) goes through hyparquet, some hundred times slower and with the same result.
 *
 * Throws {@link ShardDamaged}.
 */
export async function decodeShard(bytes: Uint8Array): Promise<DecodedShard> {
  try {
    const metadata = parquetMetadata(bytes, { geoparquet: false });
    const columns = readOwnShard(bytes, metadata) ?? (await readForeignShard(bytes, metadata));
    return { ...columns, metadata: keyValues(metadata) };
  } catch (cause) {
    if (cause instanceof ShardDamaged) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const what = cause instanceof ChecksumMismatch ? 'an altered file' : 'a file that does not read';
    throw new ShardDamaged(
      `the shard is damaged: expected a Parquet file, received ${what} of ${bytes.byteLength} bytes (${reason})`,
      { cause },
    );
  }
}

const keyValues = (metadata: FileMetaData): Record<string, string> =>
  Object.fromEntries((metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? '']));
