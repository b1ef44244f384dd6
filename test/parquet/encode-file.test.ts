import parquet from 'parquetjs-lite';
import { expect, test } from 'vitest';
import { type Page, encodeDataPage } from '../../parquet/data-page.js';
import { encodeFile } from '../../parquet/encode-file.js';
import { encodePlain } from '../../parquet/encode-plain.js';
import type { RowPages } from '../../parquet/encode-row-group.js';

const FIELDS = {
  name: { type: 'UTF8', statistics: false },
  size: { type: 'INT64', statistics: false },
} as const;

const pageOf = (type: 'string' | 'int64', values: readonly unknown[]): Page =>
  encodeDataPage({
    values: values.length,
    rows: values.length,
    plain: [encodePlain(type, 'column', values)],
  });

const group = (...pages: readonly (readonly string[])[]): RowPages => ({
  rows: pages.flat().length,
  pages: {
    name: pages.map((names) => pageOf('string', names)),
    size: [
      pageOf(
        'int64',
        pages.flat().map(({ length }) => length),
      ),
    ],
  },
});

/** The same file by the library alone, which copies every page. */
async function encodeByLibrary(groups: readonly RowPages[], metadata: Readonly<Record<string, string>>) {
  const sections: Buffer[] = [];
  const writer = new parquet.ParquetEnvelopeWriter(
    new parquet.ParquetSchema(FIELDS),
    (section) => void sections.push(section),
    () => undefined,
    0,
    { pageIndex: false },
  );
  const whole = ({ pieces, values }: Page) => ({
    page: Buffer.concat(pieces),
    ...{ num_values: values, first_row_index: 0, distinct_values: new Set() },
  });
  await writer.writeHeader();
  for (const { rows, pages } of groups) {
    const entries = Object.entries(pages).map(([column, each]) => [column, each.map(whole)] as const);
    await writer.writeRowGroup({ rowCount: rows, pages: Object.fromEntries(entries) });
  }
  await writer.writeFooter(metadata);
  return Buffer.concat(sections);
}

test.each([
  ['no row', []],
  ['one row', [group(['a'])]],
  ['several pages', [group(['a', 'bc'], ['def'])]],
  ['several row groups', [group(['a', 'bc'], ['def']), group(['ghij']), group(['k'], ['l'])]],
])('a file of %s has the bytes that the library would write', async (_, groups) => {
  const metadata = { 'graft.format': '1' };
  const expected = await encodeByLibrary(groups, metadata);
  expect(Buffer.from(await encodeFile(FIELDS, groups, metadata)).equals(expected)).toBe(true);
});
