import parquet, { type FieldDefinition } from 'parquetjs-lite';
import { type RowPages, encodeRowGroup } from './encode-row-group.js';

/**
 * A whole Parquet file from row groups whose pages are encoded already: the same input gives the same bytes.
 *
 * parquetjs-lite's own `appendRow` shreds every value on its own, which is 5 times slower for tables and 100 times for
 * vectors; header and footer are its own. Fields must say `statistics: false`: pages come without.
 */
export async function encodeFile(
  fields: Readonly<Record<string, FieldDefinition>>,
  rowGroups: Iterable<RowPages>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const schema = new parquet.ParquetSchema(fields);
  const columns = schema.fieldList.filter((field) => field.isNested !== true);
  const writer = new parquet.ParquetEnvelopeWriter(
    schema,
    (section) => void pieces.push(section),
    () => undefined,
    0,
    { pageIndex: false },
  );
  await writer.writeHeader();
  for (const rows of rowGroups) {
    const group = encodeRowGroup(columns, rows, writer.offset);
    pieces.push(...group.pieces);
    writer.offset += group.bytes;
    writer.rowCount += rows.rows;
    writer.rowGroups.push(group.metadata);
  }
  await writer.writeFooter(metadata);
  return Buffer.concat(pieces);
}
