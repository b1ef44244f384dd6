import { type Page, encodeDataPage } from './data-page.js';
import { encodeFile } from './encode-file.js';
import type { RowPages } from './encode-row-group.js';
import { encodePlain } from './encode-plain.js';
import { SHARD_COLUMNS, SHARD_FORMAT, type ShardRow, VECTOR_PATH } from './shard.js';
import { encodeVectorLevels } from './vector-levels.js';

/** What a shard says about its origin. Nothing that differs between two runs over the same images. */
interface ShardOrigin {
  readonly fingerprint: string;
  /** `onnx-cpu` */
  readonly engine: string;
  /** `onnxruntime 1.30.0` */
  readonly engineVersion: string;
}

export interface ShardInput extends ShardOrigin {
  /** In any order: they are sorted by hash. */
  readonly rows: readonly ShardRow[];
  /** Length of every vector; at least 1. */
  readonly dimensions: number;
}

/** Vectors of one page, and pages of one row group: readers hold a page, writers a row group, in memory. */
const PAGE_BYTES = 4 * 2 ** 20;
const PAGES_PER_GROUP = 8;

/**
 * A shard's bytes, the same for the same rows in whatever order: see docs/formats.md.
 *
 * Throws `TypeError` for two rows of one image and for a vector of another length.
 */
export function encodeShard({ rows, dimensions, ...origin }: ShardInput): Promise<Uint8Array> {
  const sorted = rows.toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  checkRows(sorted, dimensions);
  return encodeFile(SHARD_COLUMNS, encodeRowGroups(sorted, dimensions), {
    'graft.format': SHARD_FORMAT,
    'graft.fingerprint': origin.fingerprint,
    'graft.engine': origin.engine,
    'graft.engineVersion': origin.engineVersion,
    'graft.dimensions': String(dimensions),
  });
}

function checkRows(rows: readonly ShardRow[], dimensions: number): void {
  for (const [at, { sha256, vector }] of rows.entries()) {
    if (vector.length !== dimensions)
      throw new TypeError(
        `a shard of ${dimensions} dimensions received a vector of ${vector.length} for ${sha256}`,
      );
    if (rows[at + 1]?.sha256 === sha256) throw new TypeError(`a shard received image ${sha256} twice`);
  }
}

function* encodeRowGroups(rows: readonly ShardRow[], dimensions: number): Generator<RowPages> {
  const pageRows = Math.max(1, Math.floor(PAGE_BYTES / (dimensions * Float32Array.BYTES_PER_ELEMENT)));
  for (const group of inSlices(rows, pageRows * PAGES_PER_GROUP)) {
    const hashes = group.map((row) => row.sha256);
    const plain = [encodePlain('string', 'sha256', hashes)];
    const hashPage = encodeDataPage({ values: group.length, rows: group.length, plain });
    const vectorPages = inSlices(group, pageRows).map((page) => encodeVectorPage(page, dimensions));
    yield { rows: group.length, pages: { sha256: [hashPage], [VECTOR_PATH.join()]: vectorPages } };
  }
}

function encodeVectorPage(rows: readonly ShardRow[], dimensions: number): Page {
  return encodeDataPage({
    values: rows.length * dimensions,
    rows: rows.length,
    levels: encodeVectorLevels(rows.length, dimensions),
    // Parquet is little-endian, and so is every platform that Graft runs on: the numbers are bytes already.
    plain: rows.map(({ vector }) => new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)),
  });
}

function inSlices<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, number) => items.slice(number * size, (number + 1) * size));
}
