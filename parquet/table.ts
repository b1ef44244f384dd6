import { parquetReadObjects } from 'hyparquet';
import { GraftError } from '../errors/graft-error.js';
import { encodeDataPage } from './data-page.js';
import { encodeFile } from './encode-file.js';
import type { RowPages } from './encode-row-group.js';
import { type ColumnType, encodePlain } from './encode-plain.js';
import { openBytes } from './open-bytes.js';

/** Column names and types of a small table, in their order. Every column is required. */
export type TableSchema = Readonly<Record<string, ColumnType>>;

/** A row of a table with that schema. */
export type RowOf<Schema extends TableSchema> = {
  readonly [Column in keyof Schema]: Schema[Column] extends 'string' ? string : number;
};

/** Rows of one row group, and of each column's one page in it: some megabytes of index rows. */
const ROWS_PER_GROUP = 20_000;

const PARQUET_TYPE = { string: 'UTF8', int32: 'INT32', int64: 'INT64', double: 'DOUBLE' } as const;

/** The bytes are not a Parquet table, or not the one that was expected. */
export class TableDamaged extends GraftError {}

/**
 * A Parquet file of required columns, uncompressed: the same rows give the same bytes.
 *
 * Throws `TypeError` for a value that does not fit its column.
 */
export async function encodeTable<Schema extends TableSchema>(
  schema: Schema,
  rows: readonly RowOf<Schema>[],
): Promise<Uint8Array> {
  const columns = Object.entries(schema);
  const fields = columns.map(
    ([name, type]) => [name, { type: PARQUET_TYPE[type], statistics: false }] as const,
  );
  return encodeFile(Object.fromEntries(fields), encodeRowGroups(columns, rows));
}

function* encodeRowGroups(
  columns: readonly (readonly [string, ColumnType])[],
  rows: readonly Readonly<Record<string, unknown>>[],
): Generator<RowPages> {
  for (let start = 0; start < rows.length; start += ROWS_PER_GROUP) {
    const group = rows.slice(start, start + ROWS_PER_GROUP);
    const pages = columns.map(([name, type]) => {
      const plain = [
        encodePlain(
          type,
          name,
          group.map((row) => row[name]),
        ),
      ];
      return [name, [encodeDataPage({ values: group.length, rows: group.length, plain })]] as const;
    });
    yield { rows: group.length, pages: Object.fromEntries(pages) };
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
/** hyparquet's own decoder drops a byte order mark, with which a file name may well begin. */
const parsers = { stringFromBytes: (bytes: Uint8Array) => decoder.decode(bytes) };

/**
 * Every row of a Parquet file, whoever wrote it: strings as strings, numbers of any width as JavaScript numbers.
 *
 * Throws {@link TableDamaged} where the bytes are not a Parquet file or a whole number lies beyond 2^53 - 1.
 */
export async function decodeTable(bytes: Uint8Array): Promise<Record<string, unknown>[]> {
  try {
    const rows = await parquetReadObjects({ file: openBytes(bytes), geoparquet: false, parsers });
    for (const row of rows) narrowWholeNumbers(row);
    return rows;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TableDamaged(
      `the table is damaged: expected a Parquet file, received ${bytes.byteLength} bytes (${reason})`,
      {
        cause,
      },
    );
  }
}

function narrowWholeNumbers(row: Record<string, unknown>): void {
  for (const [column, value] of Object.entries(row)) {
    if (typeof value !== 'bigint') continue;
    const narrow = Number(value);
    if (!Number.isSafeInteger(narrow)) throw new Error(`column "${column}" holds ${value}, beyond 2^53 - 1`);
    row[column] = narrow;
  }
}

/** Like {@link decodeTable}, for a table whose columns and their types must be those of `schema`; others are dropped. */
export async function decodeRows<Schema extends TableSchema>(
  schema: Schema,
  bytes: Uint8Array,
): Promise<RowOf<Schema>[]> {
  const columns = Object.entries(schema);
  const rows = await decodeTable(bytes);
  return rows.map((row) => {
    const checked = columns.map(([name, type]) => {
      const value = row[name];
      const expected = type === 'string' ? 'string' : 'number';
      if (typeof value !== expected)
        throw new TableDamaged(
          `the table's column "${name}" expects a ${expected} in every row, received ${typeof value}`,
        );
      return [name, value] as const;
    });
    return Object.fromEntries(checked) as RowOf<Schema>;
  });
}
