import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encodeCsv, parseCsv, plainCell } from '../../dataset/corrections/csv.js';
import { createCorrectedLabels } from '../../dataset/corrections/corrected-labels.js';
import { parseCorrections } from '../../dataset/corrections/parse-corrections.js';
import { readCorrections, storeCorrections } from '../../dataset/corrections/stored-corrections.js';
import { restructure } from '../../dataset/restructure.js';
import { MemoryStore } from '../support/memory-store.js';
import { memorySource } from './memory-source.js';
import { smallDataset } from './pictures.js';

const files = smallDataset();
const hashOf = (path: string): string =>
  createHash('sha256')
    .update(files[path] ?? '')
    .digest('hex');
const correct = (text: string) => createCorrectedLabels(parseCorrections(Buffer.from(text)));

const restructureBy = (text: string | undefined, store = new MemoryStore()) =>
  restructure({
    ...{ source: memorySource(files), store, name: 'meals' },
    corrections: text === undefined ? undefined : correct(text),
  });

describe('corrected labels', () => {
  test('stand above those of the source, by hash or by path, and count where they are of evaluation', async () => {
    const { rows, manifest } = await restructureBy(
      `label,sha256,path\nnon_food,${hashOf('training/food/0.jpg')},\nnon_food,,evaluation/food/1.jpg\nfood,,evaluation/food/2.jpg\n`,
    );
    const labelOf = (path: string) => rows.find(({ sha256 }) => sha256 === hashOf(path));
    expect(labelOf('training/food/0.jpg')).toMatchObject({ class: 'non_food', split: 'training' });
    expect(labelOf('training/food/0.jpg')?.key).toContain('/training/non_food/0.');
    expect(labelOf('evaluation/food/1.jpg')?.class).toBe('non_food');
    expect(manifest.editedLabels).toBe(1);
    const untouched = await restructureBy(undefined);
    expect(untouched.manifest.editedLabels).toBeUndefined();
    expect(new Set(rows.map(({ sha256 }) => sha256))).toEqual(
      new Set(untouched.rows.map((row) => row.sha256)),
    );
  });

  test('that repeat what the source says make the same version', async () => {
    const same = await restructureBy(`sha256,label\n${hashOf('training/food/0.jpg')},food\n`);
    expect(same.manifest.version).toBe((await restructureBy(undefined)).manifest.version);
  });

  test.each([
    [
      'an unknown label',
      'path,label\ntraining/food/0.jpg,plate\n',
      'Line 2 of the corrections gives the label "plate"',
    ],
    [
      'an unknown picture',
      `sha256,label\n${'a'.repeat(64)},food\n`,
      'is about a picture that the source does not have',
    ],
    [
      'two labels of one picture',
      'path,label\na.jpg,food\na.jpg,non_food\n',
      'Lines 2 and 3 of the corrections',
    ],
    [
      'two labels by path and by hash',
      `path,label,sha256\ntraining/food/0.jpg,food,\n,non_food,${hashOf('training/food/0.jpg')}\n`,
      'give one picture two labels',
    ],
    ['no header', 'training/food/0.jpg,food\n', "The corrections' first line"],
    ['no label', 'path,label\na.jpg,\n', 'Line 2 of the corrections has no label'],
    ['no picture', 'path,label\n,food\n', 'names no picture'],
    ['no hash', 'sha256,label\n12,food\n', '64 hexadecimal digits'],
    ['an open quote', 'path,label\n"a.jpg,food\n', 'inside a quoted cell'],
  ])('are refused for %s, and nothing is written of a version', async (_, text, sentence) => {
    const store = new MemoryStore();
    await expect(async () => restructureBy(text, store)).rejects.toThrow(sentence);
    expect([...store.objects.keys()].filter((key) => key.includes('/versions/'))).toEqual([]);
  });

  test('are kept in the store under their hash, and refused where they are not what it says', async () => {
    const store = new MemoryStore();
    const sha256 = await storeCorrections(store, Buffer.from('path,label\na.jpg,food\n'));
    const labels = await readCorrections(store, sha256);
    expect(labels.labelOf('a.jpg', '')).toBe('food');
    await expect(readCorrections(store, 'b'.repeat(64))).rejects.toThrow('The store has no corrections');
    store.objects.set(`corrections/${sha256}.csv`, Buffer.from('path,label\na.jpg,other\n'));
    await expect(readCorrections(store, sha256)).rejects.toThrow('another hash');
  });
});

describe('CSV', () => {
  test.each(['plain', '=1+1', "'=1", "'quoted'", '@cell', '-2', 'a,"b"\nc;d', '\tx'])(
    'brings %j back as it was, and hands no spreadsheet a formula',
    (text) => {
      const [, row] = parseCsv(encodeCsv(['text', 'number'], [[text, -1]]), ',') ?? [];
      expect(row?.cells[0]).not.toMatch(/^[=+\-@\t]/);
      expect(plainCell(row?.cells[0] ?? '')).toBe(text);
      expect(row?.cells[1]).toBe('-1');
    },
  );

  test('may come from a spreadsheet: semicolons, a byte order mark, carriage returns', () => {
    const text = '\u{feff}path;label;note\r\n"a;b.jpg";food;\r\n\r\n';
    expect(parseCorrections(Buffer.from(text))).toEqual([{ line: 2, label: 'food', path: 'a;b.jpg' }]);
    expect(() => parseCorrections(Buffer.from([0xff, 0xfe, 0x41]))).toThrow('not text in UTF-8');
  });
});
