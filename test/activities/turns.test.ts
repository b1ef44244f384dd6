import { expect, test } from 'vitest';
import { createTurns } from '../../activities/turns.js';

/** A line of batches; `beaten` gives the names of those that beat since it was last asked. */
function line(...names: readonly string[]) {
  const turns = createTurns();
  let beaten: string[] = [];
  const join = (name: string) => turns.join(() => beaten.push(name));
  return {
    batches: names.map(join),
    join,
    beaten: () => {
      const since = beaten;
      beaten = [];
      return since;
    },
  };
}

test('progress of a batch is progress of itself and of those that came after it', () => {
  const { batches, beaten } = line('a', 'b', 'c');
  batches[1]?.progress();
  expect(beaten()).toEqual(['b', 'c']);
  batches[0]?.progress();
  expect(beaten()).toEqual(['a', 'b', 'c']);
});

test('nobody beats for a batch that has left', () => {
  const { batches, join, beaten } = line('a', 'b');
  batches[1]?.leave();
  batches[0]?.progress();
  expect(beaten()).toEqual(['a']);
  join('c');
  batches[0]?.progress();
  expect(beaten()).toEqual(['a', 'c']);
});

test('late news of a batch that has left wakes nobody', () => {
  const { batches, beaten } = line('a', 'b');
  batches[0]?.leave();
  batches[0]?.progress();
  expect(beaten()).toEqual([]);
});
