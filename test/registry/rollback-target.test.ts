import { describe, expect, test } from 'vitest';
import { BadInput } from '../../errors/graft-error.js';
import type { HistoryEntry } from '../../registry/history-entry.js';
import { findRollbackTarget } from '../../registry/rollback-target.js';
import { draft } from './registry-fixture.js';

/** `A B C <2` is three promotions and a rollback to the second. */
const historyOf = (text: string): readonly HistoryEntry[] =>
  text.split(' ').reduce<readonly HistoryEntry[]>((history, word) => {
    const to = word.startsWith('<') ? Number(word.slice(1)) : undefined;
    const model = to === undefined ? word : (history[to - 1]?.model ?? '');
    const kind = to === undefined ? 'promoted' : 'rolled-back';
    const entry = { ...draft({ kind, model, ...(to !== undefined && { to }) }), number: history.length + 1 };
    return [...history, { ...entry, format: 1 }];
  }, []);

describe('a rollback', () => {
  for (const [history, model] of [
    ['A B', 'A'],
    ['A B C', 'B'],
    ['A B C <2', 'A'],
    ['A B C <1 D', 'A'],
    ['A B C <2 D', 'B'],
    ['A B A', 'B'],
    ['A B C <1 <3', 'A'],
  ] as const)
    test(`of ${history} makes ${model} the champion`, () => {
      expect(findRollbackTarget('food', historyOf(history)).model).toBe(model);
    });

  test('to a number takes that entry, and through a rollback the one behind it', () => {
    expect(findRollbackTarget('food', historyOf('A B C'), 1)).toMatchObject({ model: 'A', number: 1 });
    expect(findRollbackTarget('food', historyOf('A B <1 C'), 3)).toMatchObject({ model: 'A', number: 1 });
  });

  test('says in a sentence why there is nothing to roll back to', () => {
    const refuse = (history: readonly HistoryEntry[], to?: number) => () =>
      findRollbackTarget('food', history, to);
    expect(refuse([])).toThrow(/food has no champion yet/);
    expect(refuse(historyOf('A'))).toThrow(/A is the first champion of food/);
    expect(refuse(historyOf('A B <1'))).toThrow(/A is the first champion of food/);
    expect(refuse(historyOf('A B'), 7)).toThrow(
      /number of an entry in the history of food \(1, 2\), received 7/,
    );
    expect(refuse(historyOf('A B'), 2)).toThrow(/it is the champion now/);
    expect(refuse(historyOf('A B'), 2)).toThrow(BadInput);
  });

  test('survives an entry that points at itself', () => {
    const history = historyOf('A B').map((entry) => ({
      ...entry,
      kind: 'rolled-back' as const,
      to: entry.number,
    }));
    expect(findRollbackTarget('food', history).model).toBe('A');
  });
});
