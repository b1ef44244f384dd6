import { describe, expect, test } from 'vitest';
import type { IndexRow, SplitName } from '../../dataset/dataset.js';
import { type KnownImages, explainPlan } from '../../features/plan-reasons.js';
import { keys } from '../../storage/keys.js';
import { imageHash } from '../support/feature-fixtures.js';

/** A row whose picture's bytes are `content`. */
function row(stem: string, content = stem, split: SplitName = 'training', label = 'food'): IndexRow {
  const sha256 = imageHash(content);
  const key = keys.image('meals', split, label, stem, sha256, 'jpg');
  return { key, split, class: label, sha256, bytes: 1, width: 1, height: 1 };
}

const images = (...contents: readonly string[]): Set<string> => new Set(contents.map(imageHash));

const NOTHING: KnownImages = { features: images(), refused: images(), crashed: images(), gone: images() };

describe('without an earlier run', () => {
  test('every image is new, once, however many rows hold it', () => {
    const rows = [row('a'), row('b'), row('copy of a', 'a', 'evaluation')];
    expect(explainPlan(rows, NOTHING)).toEqual({ reused: 0, refused: 0, reasons: { new: 2 } });
  });

  test('features are reused, refused images left out, and what crashed or was lost is told apart', () => {
    const rows = ['has', 'refused', 'crashed', 'gone', 'new'].map((name) => row(name));
    const known: KnownImages = {
      features: images('has'),
      refused: images('refused', 'has'),
      crashed: images('crashed', 'refused'),
      gone: images('gone', 'has', 'crashed'),
    };
    const reasons = { new: 1, lost: 1, crashed: 1 };
    expect(explainPlan(rows, known)).toEqual({ reused: 1, refused: 1, reasons });
  });
});

describe('after a run', () => {
  const after = (reason: 'backbone' | 'recipe' | 'schema' | 'lost', ...rows: readonly IndexRow[]) => ({
    ...NOTHING,
    previous: { rows, reason },
  });

  test('other bytes under the same class and name are changed', () => {
    const known = { ...after('lost', row('1', 'old'), row('2')), features: images('2') };
    expect(explainPlan([row('1', 'new'), row('2'), row('3')], known)).toEqual({
      reused: 1,
      refused: 0,
      reasons: { new: 1, changed: 1 },
    });
  });

  test('a changed picture that its hash moved to another split is changed', () => {
    const known = after('lost', row('1', 'old', 'training'));
    expect(explainPlan([row('1', 'new', 'evaluation')], known).reasons).toEqual({ changed: 1 });
  });

  test('a picture beside one of the same name in another split or class is new', () => {
    const before = [row('1', 'kept'), row('2', 'gone')];
    const known = { ...after('lost', ...before), features: images('kept') };
    const rows = [
      row('1', 'kept'),
      row('1', 'other', 'validation'),
      row('2', 'another', 'training', 'plate'),
    ];
    expect(explainPlan(rows, known).reasons).toEqual({ new: 2 });
  });

  test('one picture that has gone explains one that came', () => {
    const known = after('lost', row('1', 'old'));
    const rows = [row('1', 'a', 'training'), row('1', 'b', 'evaluation')];
    expect(explainPlan(rows, known).reasons).toEqual({ new: 1, changed: 1 });
  });

  test.each(['backbone', 'recipe', 'schema', 'lost'] as const)(
    'images that the run had are computed because of its %s, whatever they are called now',
    (reason) => {
      const known = after(reason, row('1', 'a'), row('2', 'b'));
      const rows = [row('renamed', 'a'), row('2', 'other'), row('3', 'c')];
      expect(explainPlan(rows, known).reasons).toEqual({ new: 1, changed: 1, [reason]: 1 });
    },
  );
});

test('explains 20,000 images of which every other changed', () => {
  const numbers = Array.from({ length: 20_000 }, (_, at) => at);
  const rows = (salt: string) => numbers.map((at) => row(String(at), `${at} ${at % 2 === 0 ? salt : ''}`));
  const known: KnownImages = { ...NOTHING, previous: { rows: rows('before'), reason: 'recipe' } };
  expect(explainPlan(rows('now'), known).reasons).toEqual({ changed: 10_000, recipe: 10_000 });
});
