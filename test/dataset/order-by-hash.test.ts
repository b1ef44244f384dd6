import { expect, test } from 'vitest';
import { orderByHash } from '../../dataset/order-by-hash.js';

const ITEMS = Array.from({ length: 50 }, (_, at) => `picture-${at}`);
const order = (items: readonly string[], seed = 0) => orderByHash(items, (item) => item, seed);

test('the order depends on the seed and on nothing else', () => {
  expect(order([...ITEMS].reverse())).toEqual(order(ITEMS));
  expect(order(ITEMS, 1)).not.toEqual(order(ITEMS));
  expect(order(ITEMS)).not.toEqual(ITEMS);
  expect([...order(ITEMS)].sort()).toEqual([...ITEMS].sort());
});

test('of items with equal keys the first stays', () => {
  const items = [
    { key: 'a', at: 1 },
    { key: 'a', at: 2 },
  ];
  expect(orderByHash(items, ({ key }) => key, 0)).toEqual([{ key: 'a', at: 1 }]);
});
