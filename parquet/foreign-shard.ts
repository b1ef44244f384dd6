import { type FileMetaData, parquetReadObjects } from 'hyparquet';
import { decompressors } from './decompressors.js';
import { openBytes } from './open-bytes.js';
import { type DecodedShard, ShardDamaged } from './shard.js';

/** The columns of a shard that somebody else wrote. Throws {@link ShardDamaged} where they are not hashes and vectors. */
export async function readForeignShard(
  bytes: Uint8Array,
  metadata: FileMetaData,
): Promise<Omit<DecodedShard, 'metadata'>> {
  const rows = await parquetReadObjects({
    file: openBytes(bytes),
    metadata: withFloatsAsBits(metadata),
    columns: ['sha256', 'features'],
    compressors: decompressors,
    geoparquet: false,
  });
  const dimensions = asList(rows[0]?.['features'] ?? [], 0).length;
  // Of 32-bit patterns, and read as floats in the end.
  const bits = new Int32Array(rows.length * dimensions);
  const hashes = rows.map((row, number) => {
    const vector = asList(row['features'], number);
    if (vector.length !== dimensions)
      throw misfit(`features as long as the first row's ${dimensions}`, `${vector.length} in row ${number}`);
    bits.set(vector, number * dimensions);
    return asHash(row['sha256'], number);
  });
  return { hashes, dimensions, matrix: new Float32Array(bits.buffer) };
}

/**
 * The file's metadata with its floats called whole numbers of 32 bits.
 *
 * Through JavaScript's numbers a NaN would lose its payload; its bits, read as a whole number, do not.
 */
function withFloatsAsBits(metadata: FileMetaData): FileMetaData {
  const leaf = metadata.schema.findIndex(({ name }) => name === 'features');
  const column = metadata.row_groups[0]?.columns.find(
    ({ meta_data }) => meta_data?.path_in_schema[0] === 'features',
  );
  if (leaf < 0 || (column !== undefined && column.meta_data?.type !== 'FLOAT'))
    throw misfit('a column "features" of FLOAT lists', column?.meta_data?.type ?? 'none');
  const asBits = <Typed extends { type?: unknown }>(typed: Typed): Typed =>
    typed.type === 'FLOAT' ? { ...typed, type: 'INT32' } : typed;
  return {
    ...metadata,
    schema: metadata.schema.map(asBits),
    row_groups: metadata.row_groups.map((group) => ({
      ...group,
      columns: group.columns.map((each) =>
        each.meta_data === undefined ? each : { ...each, meta_data: asBits(each.meta_data) },
      ),
    })),
  };
}

function asList(value: unknown, row: number): readonly number[] {
  if (Array.isArray(value) && value.every((bits) => typeof bits === 'number')) return value;
  throw misfit('a list of floats without nulls in every row', `something else in row ${row}`);
}

function asHash(value: unknown, row: number): string {
  if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return value;
  throw misfit('64 hexadecimal digits as sha256 in every row', `${JSON.stringify(value)} in row ${row}`);
}

const misfit = (expected: string, received: string) =>
  new ShardDamaged(`the shard is damaged: expected ${expected}, received ${received}`);
