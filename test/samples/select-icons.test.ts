import { fc } from '../support/properties.js';
import { describe, expect, test } from 'vitest';
import { type Categories, classifyIcon, drawByLot, thingsDrawnByAll } from '../../samples/select-icons.js';

describe('the class of an icon', () => {
  test.each([
    ['Food & Drink', 'pizza', 'food'],
    ['Food', 'pizza', 'food'],
    ['Food & Drink', 'wine-glass', 'food'],
    ['Animals & Nature', 'tiger', 'non_food'],
    ['Nature', 'tiger', 'non_food'],
    ['Travel', 'rocket', 'non_food'],
    ['Travel & Places', 'sunset', 'non_food'],
    ['Activities', 'kite', 'non_food'],
    ['Objects', 'hammer', 'non_food'],
  ])('%s / %s is %s', (category, name, expected) => {
    expect(classifyIcon(category, name)).toBe(expected);
  });

  test.each([
    ['tableware', 'Food & Drink', 'fork-and-knife'],
    ['a vessel that another maker keeps among the objects', 'Objects', 'amphora'],
    ['an animal that is also eaten', 'Animals & Nature', 'shrimp'],
    ['the same animal on a shelf of food', 'Food & Drink', 'shrimp'],
    ['one of many clocks', 'Travel & Places', 'three-oclock'],
    ['one of many clocks at half past', 'Travel & Places', 'three-thirty'],
    ['a moon', 'Nature', 'waxing-crescent-moon'],
    ['a plain sign', 'Activities', 'heart-suit'],
    ['a person, from a shelf that is not used', 'People & Body', 'cook'],
  ])('%s has none', (_what, category, name) => {
    expect(classifyIcon(category, name)).toBeUndefined();
  });

  test('a cake of the moon is still a cake', () => {
    expect(classifyIcon('Food & Drink', 'moon-cake')).toBe('food');
  });
});

describe('the things that all makers draw', () => {
  const first: Categories = { 'Food & Drink': ['taco', 'apple', 'bread'], Objects: ['key', 'bell', 'pie'] };
  const second: Categories = { Food: ['apple', 'taco', 'pie'], Objects: ['key'], Travel: ['bell', 'train'] };

  test('are those that none lacks, sorted by name', () => {
    expect(thingsDrawnByAll([first, second])).toEqual({ food: ['apple', 'taco'], non_food: ['bell', 'key'] });
  });

  test('leave out what one maker calls food and another does not', () => {
    const { food, non_food: others } = thingsDrawnByAll([first, second]);
    expect([...food, ...others]).not.toContain('pie');
  });

  test('leave out what one maker keeps on shelves of both classes', () => {
    expect(thingsDrawnByAll([{ Food: ['pie', 'taco'], Objects: ['pie', 'key'] }])).toEqual({
      food: ['taco'],
      non_food: ['key'],
    });
  });

  test('do not depend on the order of the makers', () => {
    expect(thingsDrawnByAll([second, first])).toEqual(thingsDrawnByAll([first, second]));
  });
});

describe('the lot', () => {
  const names = (count: number, prefix: string): string[] =>
    Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
  const things = { food: names(5, 'dish'), non_food: names(50, 'tool') };

  test('keeps all the food and draws as many of the other things, each once, sorted', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const drawn = drawByLot(things, seed);
        expect(drawn.food).toEqual(things.food);
        expect(new Set(drawn.non_food).size).toBe(5);
        expect(things.non_food).toEqual(expect.arrayContaining([...drawn.non_food]));
        expect(drawn.non_food).toEqual([...drawn.non_food].sort());
      }),
    );
  });

  test('draws the same for the same seed, in whatever order the things come, and another for another', () => {
    const reversed = { ...things, non_food: [...things.non_food].reverse() };
    expect(drawByLot(reversed, 7)).toEqual(drawByLot(things, 7));
    expect(drawByLot(things, 8)).not.toEqual(drawByLot(things, 7));
  });

  test('moves at most one thing when one is added', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const before = drawByLot(things, seed).non_food;
        const after = drawByLot({ ...things, non_food: [...things.non_food, 'newcomer'] }, seed).non_food;
        expect(before.filter((name) => !after.includes(name)).length).toBeLessThanOrEqual(1);
      }),
    );
  });
});
