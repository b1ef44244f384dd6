/** The part of parquetjs-lite 0.8 that Graft uses; the package has no types of its own. */
declare module 'parquetjs-lite' {
  import type { Writable } from 'node:stream';

  export interface FieldDefinition {
    readonly type: 'UTF8' | 'INT32' | 'INT64' | 'FLOAT' | 'DOUBLE' | 'LIST';
    readonly repeated?: boolean;
    /** `false`: no minimum, maximum and distinct values are gathered. Default true. */
    readonly statistics?: boolean;
    readonly fields?: Readonly<Record<string, FieldDefinition | GroupDefinition>>;
  }

  /** A group of fields without a type of its own: the repeated level of a list. */
  export interface GroupDefinition {
    readonly repeated: boolean;
    readonly fields: Readonly<Record<string, FieldDefinition>>;
  }

  /** A column, or a group of columns. */
  export interface Field {
    readonly path: readonly string[];
    readonly isNested?: boolean;
    /** Absent of a group. */
    readonly primitiveType: 'BYTE_ARRAY' | 'INT32' | 'INT64' | 'FLOAT' | 'DOUBLE';
    readonly compression: 'UNCOMPRESSED';
  }

  export class ParquetSchema {
    constructor(fields: Readonly<Record<string, FieldDefinition>>);
    readonly fieldList: readonly Field[];
  }

  export interface WriterOptions {
    /** Rows per row group. Default 4,096. */
    readonly rowGroupSize?: number;
    /** Rows per page. Default 8,192. */
    readonly pageSize?: number;
    /** Whether offset and column indexes are written. Default true. */
    readonly pageIndex?: boolean;
  }

  export class ParquetWriter {
    static openStream(
      schema: ParquetSchema,
      stream: Writable,
      options?: WriterOptions,
    ): Promise<ParquetWriter>;
    setMetadata(key: string, value: string): void;
    appendRow(row: Readonly<Record<string, unknown>>): Promise<void>;
    close(): Promise<void>;
  }

  /** A page with its header, ready to be written. */
  export interface EncodedPage {
    readonly page: Buffer;
    readonly num_values: number;
    /** Row of the row group at which the page starts. */
    readonly first_row_index: number;
    readonly distinct_values: ReadonlySet<unknown>;
  }

  export interface EncodedRowGroup {
    readonly rowCount: number;
    /** By column path, joined with `,`. */
    readonly pages: Readonly<Record<string, readonly EncodedPage[]>>;
  }

  /** Writes the parts of a file in the order in which they are asked for. */
  export class ParquetEnvelopeWriter {
    constructor(
      schema: ParquetSchema,
      write: (section: Buffer) => Promise<void> | void,
      close: () => Promise<void> | void,
      fileOffset: number,
      options: WriterOptions,
    );
    /** Where the next section begins. */
    offset: number;
    rowCount: number;
    readonly rowGroups: object[];
    writeHeader(): Promise<void> | void;
    writeRowGroup(rows: EncodedRowGroup): Promise<void> | void;
    writeFooter(metadata: Readonly<Record<string, string>>): Promise<void> | void;
  }
}

/** The structures of parquet.thrift that Graft writes itself. */
declare module 'parquetjs-lite/gen-nodejs/parquet_types.js' {
  export interface DataPageHeaderV2 {
    readonly num_values: number;
    readonly num_nulls: number;
    readonly num_rows: number;
    readonly encoding: number;
    readonly definition_levels_byte_length: number;
    readonly repetition_levels_byte_length: number;
    readonly is_compressed: boolean;
  }

  export interface PageHeader {
    readonly type: number;
    /** Bytes after the header. */
    readonly uncompressed_page_size: number;
    readonly compressed_page_size: number;
    /** Signed CRC-32 of the bytes after the header; `null` where a writer leaves it out. */
    readonly crc: number | null;
    readonly data_page_header_v2: DataPageHeaderV2 | null;
  }

  export interface ColumnMetaData {
    readonly type: number;
    readonly encodings: readonly number[];
    readonly path_in_schema: readonly string[];
    readonly codec: number;
    readonly num_values: number;
    /** Bytes of its pages, headers included. */
    readonly total_uncompressed_size: number;
    readonly total_compressed_size: number;
    readonly data_page_offset: number;
  }

  export interface ColumnChunk {
    /** Where its metadata lies. */
    readonly file_offset: number;
    readonly meta_data: ColumnMetaData;
  }

  export interface RowGroup {
    readonly columns: readonly object[];
    readonly total_byte_size: number;
    readonly num_rows: number;
  }

  const types: {
    readonly PageType: { readonly DATA_PAGE_V2: number };
    readonly Encoding: { readonly PLAIN: number; readonly RLE: number };
    readonly Type: Readonly<Record<'BYTE_ARRAY' | 'INT32' | 'INT64' | 'FLOAT' | 'DOUBLE', number>>;
    readonly CompressionCodec: { readonly UNCOMPRESSED: number };
    readonly ColumnMetaData: new (fields: ColumnMetaData) => ColumnMetaData;
    readonly ColumnChunk: new (fields: ColumnChunk) => object;
    readonly RowGroup: new (fields: RowGroup) => object;
    readonly PageHeader: new (fields?: PageHeader) => PageHeader;
    readonly DataPageHeaderV2: new (fields: DataPageHeaderV2) => DataPageHeaderV2;
  };
  export default types;
}

declare module 'parquetjs-lite/lib/util.js' {
  const util: {
    /** Bytes of a structure in thrift's compact protocol. */
    serializeThrift(structure: object): Buffer;
    /** Fills the structure from the bytes at `offset`; returns how many it took. */
    decodeThrift(structure: object, bytes: Buffer, offset: number): number;
  };
  export default util;
}
