import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import parquet from 'parquetjs-lite';
import { parquetReadObjects } from 'hyparquet';
import { decodeShard } from '../parquet/decode-shard.js';
import { encodeShard } from '../parquet/encode-shard.js';
import { openBytes } from '../parquet/open-bytes.js';
import type { ShardRow } from '../parquet/shard.js';

/** VGG16's features: 7 × 7 × 512. */
const DIMENSIONS = 25_088;
const ROWS = 64;
const REPEATS = 15;
/** The library's way is a hundred times slower: fewer rows and repeats of it say enough. */
const LIBRARY_ROWS = 8;
const LIBRARY_REPEATS = 3;

/** Milliseconds a row to write and to read shards of 25,088 floats, beside parquetjs-lite's own `appendRow` and hyparquet. */
export async function run(): Promise<void> {
  const rows = Array.from({ length: ROWS }, (_, number) => rowOf(number));
  const few = rows.slice(0, LIBRARY_ROWS);
  const shard = await encode(rows);
  const fewBytes = await encode(few);

  const write = await medianPerRow(ROWS, REPEATS, () => encode(rows));
  const read = await medianPerRow(ROWS, REPEATS, () => decodeShard(shard));
  const appendRow = await medianPerRow(LIBRARY_ROWS, LIBRARY_REPEATS, () => appendRows(few));
  const hyparquet = await medianPerRow(LIBRARY_ROWS, LIBRARY_REPEATS, () =>
    parquetReadObjects({ file: openBytes(fewBytes) }),
  );

  console.log(`${DIMENSIONS} floats a row, ${ROWS} rows, median of ${REPEATS}, in memory`);
  console.log(`write  ${write.toFixed(3)} ms a row   appendRow ${appendRow.toFixed(1)} ms a row`);
  console.log(`read   ${read.toFixed(3)} ms a row   hyparquet ${hyparquet.toFixed(1)} ms a row`);
  console.log(`write ratio, appendRow / Graft: ${(appendRow / write).toFixed(0)}`);
  console.log(`read ratio, hyparquet / Graft: ${(hyparquet / read).toFixed(0)}`);
}

function rowOf(number: number): ShardRow {
  return {
    sha256: createHash('sha256').update(String(number)).digest('hex'),
    vector: Float32Array.from({ length: DIMENSIONS }, (_, at) =>
      Math.fround(Math.sin(number * DIMENSIONS + at)),
    ),
  };
}

const encode = (rows: readonly ShardRow[]) =>
  encodeShard({
    fingerprint: '0'.repeat(64),
    engine: 'bench',
    engineVersion: '1',
    dimensions: DIMENSIONS,
    rows,
  });

async function appendRows(rows: readonly ShardRow[]): Promise<void> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // The quickest that the library can: a plain repeated column without statistics.
  const schema = new parquet.ParquetSchema({
    sha256: { type: 'UTF8', statistics: false },
    features: { type: 'FLOAT', repeated: true, statistics: false },
  });
  const writer = await parquet.ParquetWriter.openStream(schema, nowhere, {});
  for (const { sha256, vector } of rows) await writer.appendRow({ sha256, features: [...vector] });
  await writer.close();
}

/** Median milliseconds a row, after one turn that does not count. */
async function medianPerRow(rows: number, repeats: number, work: () => Promise<unknown>): Promise<number> {
  await work();
  const times: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const start = performance.now();
    await work();
    times.push((performance.now() - start) / rows);
  }
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] ?? Number.NaN;
}
