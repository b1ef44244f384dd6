import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fc } from '../support/properties.js';
import { expect, test } from 'vitest';
import { TableDamaged, decodeRows, decodeTable, encodeTable } from '../../parquet/table.js';
import { needs, testWith } from '../support/needs.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const schema = { name: 'string', small: 'int32', large: 'int64', real: 'double' } as const;
const row = fc.record({
  name: fc.string({ unit: 'binary' }),
  small: fc.integer(),
  large: fc.maxSafeInteger(),
  real: fc.double(),
});

test('a table comes back as it was written, and the same rows give the same bytes', () =>
  fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 40 }), async (rows) => {
      const bytes = await encodeTable(schema, rows);
      expect(await decodeTable(bytes)).toEqual(rows);
      expect(await decodeRows(schema, bytes)).toEqual(rows);
      expect(await encodeTable(schema, structuredClone(rows))).toEqual(bytes);
    }),
    { numRuns: 50 },
  ));

test('a table of several row groups keeps every row in its order', async () => {
  const rows = Array.from({ length: 45_000 }, (_, large) => ({
    name: `n${large}`,
    small: 1,
    large,
    real: 0.5,
  }));
  const read = await decodeRows(schema, await encodeTable(schema, rows));
  expect(read).toEqual(rows);
});

test.each([
  [{ name: 'half \ud800', small: 1, large: 1, real: 1 }, 'name'],
  [{ name: 'a', small: 2 ** 31, large: 1, real: 1 }, 'small'],
  [{ name: 'a', small: 1.5, large: 1, real: 1 }, 'small'],
  [{ name: 'a', small: 1, large: 2 ** 53, real: 1 }, 'large'],
  [{ name: 'a', small: 1, large: 1, real: '1' as unknown as number }, 'real'],
])('a value that does not fit its column is refused: %j', async (bad, column) => {
  await expect(encodeTable(schema, [bad])).rejects.toThrow(`column "${column}" expects`);
});

test('bytes that are no table, a cut table, and a table without an expected column are told apart from good ones', async () => {
  const good = await encodeTable(schema, [{ name: 'a', small: 1, large: 1, real: 1 }]);
  await expect(decodeTable(new Uint8Array(0))).rejects.toThrow(TableDamaged);
  await expect(decodeTable(good.subarray(0, -3))).rejects.toThrow(TableDamaged);
  await expect(decodeTable(good.subarray(40))).rejects.toThrow(TableDamaged);
  await expect(decodeRows({ missing: 'string' }, good)).rejects.toThrow('"missing" expects a string');
  await expect(decodeRows({ name: 'int32' }, good)).rejects.toThrow('"name" expects a number');
});

testWith(
  [needs.python],
  'pyarrow reads a table with its types, and its own tables are read',
  async ([python = '']) => {
    const folder = await temporaryFolder();
    const [ours, theirs] = [join(folder, 'ours.parquet'), join(folder, 'theirs.parquet')];
    const rows = [
      { name: 'crème brûlée', small: -7, large: 2 ** 40, real: -0 },
      { name: '\ufeffstarts with a byte order mark', small: 2 ** 31 - 1, large: -1, real: Number.NaN },
    ];
    await writeFile(ours, await encodeTable(schema, rows));
    const types = execFileSync(python, [
      '-c',
      `import sys, pyarrow.parquet as pq
table = pq.read_table(sys.argv[1])
print([str(field.type) for field in table.schema], [field.nullable for field in table.schema])
pq.write_table(table, sys.argv[2], compression='snappy')`,
      ours,
      theirs,
    ]).toString();
    expect(types.trim()).toBe("['string', 'int32', 'int64', 'double'] [False, False, False, False]");
    expect(await decodeRows(schema, await readFile(theirs))).toEqual(rows);
  },
);
