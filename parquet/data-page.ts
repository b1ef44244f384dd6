import { crc32 } from 'node:zlib';
import parquetTypes from 'parquetjs-lite/gen-nodejs/parquet_types.js';
import parquetUtil from 'parquetjs-lite/lib/util.js';

const { PageType, Encoding, PageHeader, DataPageHeaderV2 } = parquetTypes;

/** The parts of a page, already encoded; a required column has no levels. */
export interface PageParts {
  /** Values in the page; of a list column, entries of lists. */
  readonly values: number;
  readonly rows: number;
  readonly levels?: Levels;
  /** PLAIN encoded values, one after another, in any number of pieces. */
  readonly plain: readonly Uint8Array[];
}

/** Both level streams of a page, run-length encoded, without the lengths that version 1 pages put in front. */
export interface Levels {
  readonly repetition: Uint8Array;
  readonly definition: Uint8Array;
}

/** A page's bytes, header first, in pieces: whoever writes the file copies them once. */
export interface Page {
  readonly pieces: readonly Uint8Array[];
  /** Of all pieces together. */
  readonly bytes: number;
  readonly values: number;
}

const NO_LEVELS: Levels = { repetition: new Uint8Array(0), definition: new Uint8Array(0) };

/**
 * An uncompressed PLAIN data page of version 2 with its header and checksum.
 *
 * Reference: https://parquet.apache.org/docs/file-format/data-pages/
 */
export function encodeDataPage({ values, rows, levels = NO_LEVELS, plain }: PageParts): Page {
  const body = [levels.repetition, levels.definition, ...plain];
  const size = body.reduce((sum, piece) => sum + piece.byteLength, 0);
  const header = new PageHeader({
    type: PageType.DATA_PAGE_V2,
    uncompressed_page_size: size,
    compressed_page_size: size,
    crc: body.reduce((sum, piece) => crc32(piece, sum), 0) | 0,
    data_page_header_v2: new DataPageHeaderV2({
      num_values: values,
      num_nulls: 0,
      num_rows: rows,
      encoding: Encoding.PLAIN,
      definition_levels_byte_length: levels.definition.byteLength,
      repetition_levels_byte_length: levels.repetition.byteLength,
      is_compressed: false,
    }),
  });
  const start = parquetUtil.serializeThrift(header);
  return { pieces: [start, ...body], bytes: start.byteLength + size, values };
}

/** A page as {@link encodeDataPage} writes it, found in a file. */
export interface DecodedPage {
  readonly values: number;
  readonly rows: number;
  readonly levels: Levels;
  readonly plain: Buffer;
  /** Where the page ends and the next one may begin. */
  readonly end: number;
}

/** A page's bytes are not those that its writer summed up. */
export class ChecksumMismatch extends Error {}

/**
 * The page at `offset`, or `undefined` where it is another kind of page than {@link encodeDataPage} writes.
 *
 * Throws {@link ChecksumMismatch}, and any error of the thrift reader for bytes that are no page at all.
 */
export function decodeDataPage(file: Buffer, offset: number): DecodedPage | undefined {
  const header = new PageHeader();
  const start = offset + parquetUtil.decodeThrift(header, file, offset);
  const page = header.data_page_header_v2;
  if (page === null || header.crc === null || page.encoding !== Encoding.PLAIN) return undefined;
  if (page.is_compressed || page.num_nulls !== 0) return undefined;

  const end = start + header.compressed_page_size;
  const body = file.subarray(start, end);
  if (body.byteLength !== header.compressed_page_size || (crc32(body) | 0) !== header.crc)
    throw new ChecksumMismatch(`the page at byte ${offset} does not match its checksum`);

  const definition = page.repetition_levels_byte_length;
  const plain = definition + page.definition_levels_byte_length;
  const levels = { repetition: body.subarray(0, definition), definition: body.subarray(definition, plain) };
  return { values: page.num_values, rows: page.num_rows, levels, plain: body.subarray(plain), end };
}
