import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fc } from '../support/properties.js';
import { parquetReadObjects } from 'hyparquet';
import { expect, test } from 'vitest';
import { decodeShard } from '../../parquet/decode-shard.js';
import { encodeShard } from '../../parquet/encode-shard.js';
import { openBytes } from '../../parquet/open-bytes.js';
import { ShardDamaged, type ShardRow } from '../../parquet/shard.js';
import { needs, testWith } from '../support/needs.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const origin = { fingerprint: 'f'.repeat(64), engine: 'onnx-cpu', engineVersion: 'onnxruntime 1.30.0' };
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const bitsOf = (floats: Float32Array) =>
  Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength).toString('hex');

/** Every kind of float: NaNs with payloads, quiet and signalling, both zeros, infinities, denormals. */
const EVERY_KIND = [
  0x7fc00000, 0xffc00001, 0x7f800001, 0x7fabcdef, 0x80000000, 0, 0x7f800000, 0xff800000, 1, 0x807fffff,
  0x3f800000, 0x7f7fffff,
];
const fromBits = (bits: readonly number[]) => new Float32Array(Uint32Array.from(bits).buffer);

/** A vector whose bits say where it belongs. */
const vectorOf = (row: number, dimensions: number) =>
  fromBits(Array.from({ length: dimensions }, (_, at) => EVERY_KIND[(row + at) % EVERY_KIND.length] ?? 0));

const rowsOf = (count: number, dimensions: number): ShardRow[] =>
  Array.from({ length: count }, (_, row) => ({
    sha256: sha256(`image ${row}`),
    vector: vectorOf(row, dimensions),
  }));

const byHash = (rows: readonly ShardRow[]) => rows.toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
const expectedBits = (rows: readonly ShardRow[]) =>
  byHash(rows)
    .map(({ vector }) => bitsOf(vector))
    .join('');

const shards = fc.integer({ min: 1, max: 9 }).chain((dimensions) =>
  fc.record({
    dimensions: fc.constant(dimensions),
    rows: fc.uniqueArray(
      fc.record({
        sha256: fc.string({ minLength: 1 }).map(sha256),
        vector: fc
          .array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: dimensions, maxLength: dimensions })
          .map(fromBits),
      }),
      { maxLength: 20, selector: (row) => row.sha256 },
    ),
  }),
);

test('every shard comes back bit for bit, sorted by hash, and its rows in another order give the same bytes', () =>
  fc.assert(
    fc.asyncProperty(shards, async ({ rows, dimensions }) => {
      const bytes = await encodeShard({ ...origin, rows, dimensions });
      const shard = await decodeShard(bytes);
      expect(shard.hashes).toEqual(byHash(rows).map((row) => row.sha256));
      expect(bitsOf(shard.matrix)).toBe(expectedBits(rows));
      expect(shard.dimensions).toBe(rows.length === 0 ? 0 : dimensions);
      expect(await encodeShard({ ...origin, rows: rows.toReversed(), dimensions })).toEqual(bytes);
    }),
    { numRuns: 100 },
  ));

test('a shard says which engine made it, for which fingerprint', async () => {
  const { metadata } = await decodeShard(await encodeShard({ ...origin, rows: rowsOf(2, 3), dimensions: 3 }));
  expect(metadata).toEqual({
    'graft.format': '1',
    'graft.fingerprint': origin.fingerprint,
    'graft.engine': 'onnx-cpu',
    'graft.engineVersion': 'onnxruntime 1.30.0',
    'graft.dimensions': '3',
  });
});

test('vectors that are windows of a larger array are written as the windows that they are', async () => {
  const all = fromBits([1, 2, 3, 4, 5, 6, 7]);
  const rows = [{ sha256: sha256('a'), vector: all.subarray(3, 5) }];
  expect([
    ...new Uint32Array(
      (await decodeShard(await encodeShard({ ...origin, rows, dimensions: 2 }))).matrix.buffer,
    ),
  ]).toEqual([4, 5]);
});

test('a shard of several pages and row groups keeps every row', async () => {
  const dimensions = 2 ** 18; // 4 rows a page, 32 a row group
  const rows = rowsOf(39, dimensions);
  const bytes = await encodeShard({ ...origin, rows, dimensions });
  const shard = await decodeShard(bytes);
  for (const [at, { vector }] of byHash(rows).entries()) {
    const read = shard.matrix.subarray(at * dimensions, (at + 1) * dimensions);
    expect(
      Buffer.compare(new Uint8Array(read.slice().buffer), new Uint8Array(vector.buffer)),
      `row ${at}`,
    ).toBe(0);
  }
});

test('the general reader sees what the fast one sees', async () => {
  const rows = rowsOf(5, 4).map((row, number) => ({
    ...row,
    vector: Float32Array.of(number, -number, 0.5, 1e-40),
  }));
  const bytes = await encodeShard({ ...origin, rows, dimensions: 4 });
  const general = await parquetReadObjects({ file: openBytes(bytes) });
  expect(general).toEqual(byHash(rows).map((row) => ({ sha256: row.sha256, features: [...row.vector] })));
});

test('an image twice and a vector of another length are refused', async () => {
  const [row] = rowsOf(1, 3);
  if (row === undefined) throw new Error('no row');
  await expect(async () => encodeShard({ ...origin, rows: [row, row], dimensions: 3 })).rejects.toThrow(
    'twice',
  );
  await expect(async () => encodeShard({ ...origin, rows: [row], dimensions: 4 })).rejects.toThrow(
    'a vector of 3',
  );
});

test('a shard cut at any byte is damaged', async () => {
  const bytes = await encodeShard({ ...origin, rows: rowsOf(3, 2), dimensions: 2 });
  for (let length = 0; length < bytes.length; length++)
    await expect(decodeShard(bytes.subarray(0, length)), `cut at ${length}`).rejects.toThrow(ShardDamaged);
});

test('a bit that flips in a page is found by its checksum', async () => {
  const rows = rowsOf(3, 200);
  const bytes = await encodeShard({ ...origin, rows, dimensions: 200 });
  const inVectors = Buffer.from(bytes).indexOf(
    Buffer.from(byHash(rows)[1]?.vector.buffer ?? new ArrayBuffer(0)),
  );
  const inHashes = Buffer.from(bytes).indexOf(rows[0]?.sha256 ?? '');
  for (const at of [inVectors, inHashes]) {
    expect(at).toBeGreaterThan(0);
    const flipped = Uint8Array.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    await expect(decodeShard(flipped)).rejects.toThrow(/does not match its checksum/);
  }
});

const READ_OURS = `
import sys, json, duckdb, numpy as np, pyarrow as pa, pyarrow.parquet as pq
ours = sys.argv[1]
table = pq.read_table(ours, page_checksum_verification=True)
relation = duckdb.read_parquet(ours)
print(json.dumps({
  'arrowType': str(table.schema.field('features').type),
  'arrow': table['features'].combine_chunks().flatten().to_numpy(zero_copy_only=False).tobytes().hex(),
  'hashes': table['sha256'].to_pylist(),
  'duckType': str(relation.types[1]),
  'duckHashes': [row[0] for row in relation.project('sha256').fetchall()],
  'duck': b''.join(np.asarray(v, dtype='<f4').tobytes() for v in relation.fetchnumpy()['features']).hex(),
}))`;

testWith(
  [needs.python],
  'pyarrow and DuckDB read our vectors as FLOAT[] bit for bit',
  async ([python = '']) => {
    const folder = await temporaryFolder();
    const file = join(folder, 'ours.parquet');
    const rows = rowsOf(50, 24);
    await writeFile(file, await encodeShard({ ...origin, rows, dimensions: 24 }));
    const read = JSON.parse(execFileSync(python, ['-c', READ_OURS, file]).toString()) as Record<
      string,
      unknown
    >;
    const hashes = byHash(rows).map((row) => row.sha256);
    expect(read).toEqual({
      arrowType: 'list<element: float not null>',
      arrow: expectedBits(rows),
      hashes,
      duckType: 'FLOAT[]',
      duckHashes: hashes,
      duck: expectedBits(rows),
    });
  },
);

const WRITE_THEIRS = `
import sys, json, glob, duckdb, pyarrow as pa, pyarrow.parquet as pq
ours, folder = sys.argv[1:]
table = pq.read_table(ours)
def path(name): return f'{folder}/theirs-{name}.parquet'
def by_pyarrow(name, table, **options): pq.write_table(table, path(name), **options)
def by_duckdb(name, columns, options=''):
  duckdb.sql(f"copy (select {columns} from '{ours}') to '{path(name)}' (format parquet {options})")
by_pyarrow('default', table)
by_pyarrow('plain', table, use_dictionary=False, compression='none')
by_pyarrow('version-2-pages', table, use_dictionary=False, compression='none', data_page_version='2.0', write_page_checksum=True)
by_pyarrow('small-pages', table, data_page_size=256, row_group_size=17, compression='gzip')
by_pyarrow('split-bytes', table, use_dictionary=['sha256'], column_encoding={'features.list.element': 'BYTE_STREAM_SPLIT'}, compression='brotli')
by_pyarrow('fixed-size', pa.table({'sha256': table['sha256'], 'features': pa.FixedSizeListArray.from_arrays(table['features'].combine_chunks().flatten(), 24)}))
by_duckdb('duckdb', '*')
by_duckdb('duckdb-version-2', '*', ', parquet_version v2')
by_duckdb('duckdb-array', 'sha256, features::FLOAT[24] as features, 1 as more')
def bits(file): return pq.read_table(file)['features'].combine_chunks().flatten().to_numpy(zero_copy_only=False).tobytes().hex()
print(json.dumps({file: bits(file) for file in glob.glob(path('*'))}))
`;

testWith(
  [needs.python],
  'files that pyarrow and DuckDB wrote are read bit for bit',
  async ([python = '']) => {
    const folder = await temporaryFolder();
    const file = join(folder, 'ours.parquet');
    const rows = rowsOf(50, 24);
    await writeFile(file, await encodeShard({ ...origin, rows, dimensions: 24 }));
    const written = execFileSync(python, ['-c', WRITE_THEIRS, file, folder]).toString();
    const bitsByFile = Object.entries(JSON.parse(written) as Record<string, string>);
    expect(bitsByFile).toHaveLength(9);
    for (const [theirs, bits] of bitsByFile) {
      const shard = await decodeShard(await readFile(theirs));
      expect(shard.hashes, theirs).toEqual(byHash(rows).map((row) => row.sha256));
      expect(bitsOf(shard.matrix) === bits, theirs).toBe(true);
      // DuckDB's dictionaries hold one NaN for all; pyarrow keeps every bit.
      if (!theirs.includes('duckdb')) expect(bits === expectedBits(rows), theirs).toBe(true);
    }
  },
);

const WRITE_MISFITS = `
import sys, pyarrow as pa, pyarrow.parquet as pq
folder = sys.argv[1]
sha = ['0' * 64, '1' * 64]
def write(name, hashes, type, features):
  pq.write_table(pa.table({'sha256': hashes, 'features': pa.array(features, type)}), f'{folder}/{name}.parquet')
write('doubles', sha, pa.list_(pa.float64()), [[1.0], [2.0]])
write('ragged', sha, pa.list_(pa.float32()), [[1.0], [2.0, 3.0]])
write('null', sha, pa.list_(pa.float32()), [[1.0], [None]])
write('names', ['a.jpg', 'b.jpg'], pa.list_(pa.float32()), [[1.0], [2.0]])
`;

testWith([needs.python], 'tables that are no shard are refused with the reason', async ([python = '']) => {
  const folder = await temporaryFolder();
  execFileSync(python, ['-c', WRITE_MISFITS, folder]);
  const read = async (name: string) => decodeShard(await readFile(join(folder, `${name}.parquet`)));
  await expect(read('doubles')).rejects.toThrow(
    'expected a column "features" of FLOAT lists, received DOUBLE',
  );
  await expect(read('ragged')).rejects.toThrow("as long as the first row's 1, received 2 in row 1");
  await expect(read('null')).rejects.toThrow('without nulls');
  await expect(read('names')).rejects.toThrow('expected 64 hexadecimal digits as sha256');
});
