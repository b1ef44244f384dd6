import { fc } from '../support/properties.js';
import { describe, expect, test } from 'vitest';
import { findEmptyClasses, recogniseLayout } from '../../dataset/layout.js';

const FOOD = { '0': 'non_food', '1': 'food' };
const flat = ['training', 'validation', 'evaluation'].flatMap((split) => [
  `${split}/0_1.jpg`,
  `${split}/1_1.jpg`,
]);
const nested = ['training', 'validation', 'evaluation'].flatMap((split) => [
  `${split}/non_food/0_1.jpg`,
  `${split}/food/1_1.jpg`,
]);
const below = (folder: string, paths: readonly string[]) => paths.map((path) => `${folder}/${path}`);
const summary = (paths: readonly string[], classMap?: Record<string, string>) => {
  const { kind, root, placed, outside } = recogniseLayout(paths, classMap);
  return { kind, root, outside, placed: placed.map((p) => `${p.split ?? '-'} ${p.class} ${p.stem}`) };
};

describe('the three layouts, below any common folders', () => {
  test.each(['', 'Food-5K', 'food-master/dataset', 'test', 'training/again'])('below "%s"', (root) => {
    const put = (paths: readonly string[]) => (root === '' ? paths : below(root, paths));
    expect(summary(put(flat), FOOD)).toMatchObject({ kind: 'split-label', root, outside: [] });
    expect(summary(put(nested))).toMatchObject({ kind: 'split-class', root, outside: [] });
  });

  test('<split>/<label>_<id> by the class map', () => {
    expect(summary(flat, FOOD).placed).toEqual([
      'training non_food 0_1',
      'training food 1_1',
      'validation non_food 0_1',
      'validation food 1_1',
      'evaluation non_food 0_1',
      'evaluation food 1_1',
    ]);
  });

  test('<split>/<label>_<id> without a class map keeps labels, up to the last "_"', () => {
    expect(summary(['train/non_food_7.png', 'train/1_8.jpg']).placed).toEqual([
      'training non_food non_food_7',
      'training 1 1_8',
    ]);
  });

  test('<split>/<class>/<file> with the names that people give to splits, and deeper folders', () => {
    expect(summary(['Train/a/x/1.jpg', 'val/a/2.jpeg', 'TEST/b/3.webp'])).toEqual({
      kind: 'split-class',
      root: '',
      outside: [],
      placed: ['training a x/1', 'validation a 2', 'evaluation b 3'],
    });
  });

  test('<class>/<file>', () => {
    expect(summary(['pets/cat/1.jpg', 'pets/dog/1.jpg', 'pets/test/1.jpg'])).toEqual({
      kind: 'class',
      root: 'pets',
      outside: [],
      placed: ['- cat 1', '- dog 1', '- test 1'],
    });
  });

  test('a class that is called like a split stays a class', () => {
    expect(summary(['train/test/1.jpg', 'train/b/1.jpg', 'val/test/1.jpg', 'val/b/1.jpg']).placed).toEqual([
      'training test 1',
      'training b 1',
      'validation test 1',
      'validation b 1',
    ]);
  });

  test('class names are composed (NFC), whatever the file system made of them', () => {
    expect(summary(['cre\u0300me/1.jpg', 'b/1.jpg']).placed).toEqual(['- cr\u00e8me 1', '- b 1']);
  });
});

test('the class map renames folders, too, and never reads what objects inherit', () => {
  expect(summary(['0/1.jpg', '1/1.jpg', 'constructor/1.jpg'], FOOD).placed).toEqual([
    '- non_food 1',
    '- food 1',
    '- constructor 1',
  ]);
  expect(() => recogniseLayout(['train/__proto___1.jpg', 'train/1_1.jpg'], FOOD)).toThrow(
    /has the label "__proto__", expected one of the class map's: "0", "1"/,
  );
});

test('a drawing in a repository is set aside, more than 5 % are refused', () => {
  const many = Array.from({ length: 40 }, (_, n) => below(`copy${n}`, nested)).flat();
  const dataset = many.map((path, n) => `repo/dataset/${path.split('/').slice(1, 3).join('/')}/${n}.jpg`);
  expect(recogniseLayout([...dataset, 'repo/docs/vgg16.png']).outside).toEqual(['repo/docs/vgg16.png']);
  expect(() => recogniseLayout([...nested, 'docs/a.png'])).toThrow(
    /1 of 7 pictures lie outside of the layout found in the source: "docs\/a\.png"\. Expected <split>/,
  );
});

describe('what is no layout is refused', () => {
  const refused: Record<string, readonly [readonly string[], RegExp]> = {
    'no picture at all': [[], /holds no pictures\. Expected <split>\/<class>/],
    'pictures without any folder': [
      ['1.jpg', '2.jpg'],
      /The layout of the 2 pictures \("1\.jpg", "2\.jpg"\) is not one/,
    ],
    'split folders with unlabelled pictures': [['train/a.jpg', 'val/b.jpg'], /is not one that Graft knows/],
    'two folders for one split': [
      ['d/val/a/1.jpg', 'd/valid/a/1.jpg', 'd/train/a/1.jpg'],
      /"val" and "valid" in "d" both stand for the validation split/,
    ],
    'two datasets side by side': [
      [...below('a', nested), ...below('b', nested)],
      /6 of 12 pictures lie outside/,
    ],
  };
  test.each(Object.entries(refused))('%s', (_, [paths, sentence]) => {
    expect(() => recogniseLayout(paths)).toThrow(sentence);
  });
});

test('class folders without pictures are found', () => {
  const folders = ['d', 'd/train', 'd/train/c', 'd/train/c/deeper', 'd/val/a', 'docs', 'd/notes/x'];
  const layout = recogniseLayout(['d/train/a/1.jpg', 'd/train/b/1.jpg', 'd/val/b/1.jpg']);
  expect(findEmptyClasses(layout, folders)).toEqual(['d/train/c', 'd/val/a']);
  const classes = recogniseLayout(['d/a/1.jpg', 'd/b/1.jpg']);
  expect(findEmptyClasses(classes, ['d', 'd/a', 'd/c', 'x'])).toEqual(['d/c']);
});

test('what is recognised does not depend on the order of paths', () => {
  const paths = [...below('x', nested), ...Array.from({ length: 200 }, (_, n) => `x/train/a/${n}.jpg`)];
  const expected = summary(['x/y.png', ...paths].map((path) => path.replace('training', 'train')));
  fc.assert(
    fc.property(fc.shuffledSubarray(['x/y.png', ...paths], { minLength: paths.length + 1 }), (shuffled) => {
      const found = summary(shuffled.map((path) => path.replace('training', 'train')));
      expect({ ...found, placed: found.placed.sort() }).toEqual({
        ...expected,
        placed: expected.placed.sort(),
      });
    }),
    { numRuns: 20 },
  );
});
