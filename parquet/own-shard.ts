import type { FileMetaData, RowGroup } from 'hyparquet';
import { type DecodedPage, decodeDataPage } from './data-page.js';
import { type DecodedShard, ShardDamaged, VECTOR_PATH } from './shard.js';
import { encodeVectorLevels } from './vector-levels.js';

type ShardColumns = Omit<DecodedShard, 'metadata'>;

/**
 * The columns of a shard whose every page is one that Graft writes, or `undefined` where one is not.
 *
 * One copy per page: no value is looked at on its own. Throws where a page is altered or says other counts than its row group.
 */
export function readOwnShard(bytes: Uint8Array, metadata: FileMetaData): ShardColumns | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hashes: string[] = [];
  const vectorPages: DecodedPage[] = [];
  for (const group of metadata.row_groups) {
    const hashPages = readPages(file, group, ['sha256']);
    const pages = hashPages && readPages(file, group, VECTOR_PATH);
    if (pages === undefined) return undefined;
    for (const page of hashPages ?? []) hashes.push(...decodeStrings(page));
    vectorPages.push(...pages);
  }
  const joined = joinVectors(vectorPages);
  if (joined === undefined) return undefined;
  if (hashes.length !== Number(metadata.num_rows))
    throw disagreement('rows', Number(metadata.num_rows), hashes.length);
  return { hashes, ...joined };
}

/** Every page of one column of a row group. */
function readPages(file: Buffer, group: RowGroup, path: readonly string[]): DecodedPage[] | undefined {
  const column = group.columns.find(
    ({ meta_data }) => meta_data?.path_in_schema.join() === path.join(),
  )?.meta_data;
  if (column?.codec !== 'UNCOMPRESSED' || column.dictionary_page_offset !== undefined) return undefined;

  const pages: DecodedPage[] = [];
  let offset = Number(column.data_page_offset);
  for (let rows = 0; rows < Number(group.num_rows);) {
    const page = decodeDataPage(file, offset);
    if (page === undefined || page.rows < 1) return undefined;
    pages.push(page);
    rows += page.rows;
    offset = page.end;
    if (rows > Number(group.num_rows)) throw disagreement('rows', Number(group.num_rows), rows);
  }
  return pages;
}

function decodeStrings({ plain, rows }: DecodedPage): string[] {
  let offset = 0;
  return Array.from({ length: rows }, () => {
    const start = offset + 4;
    offset = start + plain.readUInt32LE(offset);
    return plain.toString('utf8', start, offset);
  });
}

/** All pages' vectors in one matrix, or `undefined` where they are no vectors of one length. */
function joinVectors(pages: readonly DecodedPage[]): Omit<ShardColumns, 'hashes'> | undefined {
  const [first] = pages;
  const dimensions = first === undefined ? 0 : first.values / first.rows;
  if (!pages.every((page) => isPageOfVectors(page, dimensions))) return undefined;

  const bytes = pages.reduce((sum, { plain }) => sum + plain.byteLength, 0);
  const matrix = new Float32Array(bytes / Float32Array.BYTES_PER_ELEMENT);
  const target = new Uint8Array(matrix.buffer);
  let offset = 0;
  for (const { plain } of pages) {
    target.set(plain, offset);
    offset += plain.byteLength;
  }
  return { dimensions, matrix };
}

function isPageOfVectors({ values, rows, levels, plain }: DecodedPage, dimensions: number): boolean {
  if (!Number.isInteger(dimensions) || dimensions < 1) return false;
  if (values !== rows * dimensions || plain.byteLength !== values * Float32Array.BYTES_PER_ELEMENT)
    return false;
  const expected = encodeVectorLevels(rows, dimensions);
  return (
    Buffer.compare(levels.repetition, expected.repetition) === 0 &&
    Buffer.compare(levels.definition, expected.definition) === 0
  );
}

const disagreement = (what: string, expected: number, received: number) =>
  new ShardDamaged(`the shard is damaged: its footer says ${expected} ${what}, its pages hold ${received}`);
