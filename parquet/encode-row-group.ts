import type { Field } from 'parquetjs-lite';
import parquetTypes from 'parquetjs-lite/gen-nodejs/parquet_types.js';
import parquetUtil from 'parquetjs-lite/lib/util.js';
import type { Page } from './data-page.js';

const { ColumnChunk, ColumnMetaData, CompressionCodec, Encoding, RowGroup, Type } = parquetTypes;

/** Rows that a file keeps together, as pages that are encoded already. */
export interface RowPages {
  readonly rows: number;
  /** By column path, joined with `,`. */
  readonly pages: Readonly<Record<string, readonly Page[]>>;
}

/** A row group's bytes in pieces, and what the footer says of it. */
export interface EncodedRowGroup {
  readonly pieces: readonly Uint8Array[];
  readonly bytes: number;
  readonly metadata: object;
}

/**
 * The bytes that parquetjs-lite's `writeRowGroup` would make of the same pages, without statistics and page index. It
 * copies each page four times, and what it throws away keeps V8 collecting.
 *
 * @param offset where the row group begins in the file.
 */
export function encodeRowGroup(
  columns: readonly Field[],
  { rows, pages }: RowPages,
  offset: number,
): EncodedRowGroup {
  const pieces: Uint8Array[] = [];
  const chunks: object[] = [];
  let bytes = 0;
  for (const column of columns) {
    const chunk = encodeColumn(column, pages[column.path.join()] ?? [], offset + bytes);
    pieces.push(...chunk.pieces);
    chunks.push(chunk.metadata);
    bytes += chunk.bytes;
  }
  const metadata = new RowGroup({ columns: chunks, total_byte_size: bytes, num_rows: rows });
  return { pieces, bytes, metadata };
}

function encodeColumn(column: Field, pages: readonly Page[], offset: number): EncodedRowGroup {
  const size = pages.reduce((sum, page) => sum + page.bytes, 0);
  const metadata = new ColumnMetaData({
    type: Type[column.primitiveType],
    encodings: [Encoding.RLE, Encoding.PLAIN],
    path_in_schema: column.path,
    codec: CompressionCodec[column.compression],
    num_values: pages.reduce((sum, page) => sum + page.values, 0),
    total_uncompressed_size: size,
    total_compressed_size: size,
    data_page_offset: offset,
  });
  const end = parquetUtil.serializeThrift(metadata);
  return {
    pieces: [...pages.flatMap((page) => page.pieces), end],
    bytes: size + end.byteLength,
    metadata: new ColumnChunk({ file_offset: offset + size, meta_data: metadata }),
  };
}
