import type { EncodedPage } from 'parquetjs-lite';
import parquetTypes from 'parquetjs-lite/gen-nodejs/parquet_types.js';
import parquetUtil from 'parquetjs-lite/lib/util.js';

/** The parts of a page, already encoded; a required column has no levels. */
export interface PageParts {
  /** Values, or entries of lists, in the page. */
  readonly values: number;
  readonly rows: number;
  /** Row of the row group at which the page starts. */
  readonly firstRow: number;
  /** Run-length encoded, without the length in front that version 1 pages have. */
  readonly repetitionLevels?: Uint8Array;
  readonly definitionLevels?: Uint8Array;
  /** PLAIN encoded values, one after another, in any number of pieces. */
  readonly plain: readonly Uint8Array[];
}

const nothing = new Uint8Array(0);

/**
 * An uncompressed PLAIN data page of version 2 with its header.
 *
 * Reference: https://parquet.apache.org/docs/file-format/data-pages/
 */
export function encodeDataPage(parts: PageParts): EncodedPage {
  const { repetitionLevels = nothing, definitionLevels = nothing } = parts;
  const body = [repetitionLevels, definitionLevels, ...parts.plain];
  const size = body.reduce((sum, piece) => sum + piece.byteLength, 0);
  const header = parquetUtil.serializeThrift(
    new parquetTypes.PageHeader({
      type: parquetTypes.PageType.DATA_PAGE_V2,
      uncompressed_page_size: size,
      compressed_page_size: size,
      data_page_header_v2: new parquetTypes.DataPageHeaderV2({
        num_values: parts.values,
        num_nulls: 0,
        num_rows: parts.rows,
        encoding: parquetTypes.Encoding.PLAIN,
        definition_levels_byte_length: definitionLevels.byteLength,
        repetition_levels_byte_length: repetitionLevels.byteLength,
        is_compressed: false,
      }),
    }),
  );
  return {
    page: Buffer.concat([header, ...body], header.byteLength + size),
    num_values: parts.values,
    first_row_index: parts.firstRow,
    distinct_values: new Set(),
  };
}
