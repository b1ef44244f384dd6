import { expect, test } from 'vitest';
import { BadInput } from '../../errors/graft-error.js';
import { createLabelEncoder } from '../../heads/label-encoder.js';

test('classes are sorted and counted once, and their places are their ids', () => {
  const encoder = createLabelEncoder(['non_food', 'food', 'non_food', 'food']);
  expect(encoder.classes).toEqual(['food', 'non_food']);
  expect(encoder.encode('non_food')).toBe(1);
  expect(encoder.decode(0)).toBe('food');
});

test('the order is by code point, as in Python, and not by UTF-16 unit', () => {
  // '\u{1f34e}' is written d83c df4e in UTF-16, which JavaScript sorts before ff21.
  const labels = ['\u{1f34e}', '\uff21', 'é', 'z', 'Z', 'zz', ''];
  expect(createLabelEncoder(labels).classes).toEqual(['', 'Z', 'z', 'zz', 'é', '\uff21', '\u{1f34e}']);
});

test('names that objects have inherited are labels like any other', () => {
  const encoder = createLabelEncoder(['toString', 'apple']);
  expect(encoder.encode('toString')).toBe(1);
  expect(() => encoder.encode('__proto__')).toThrow(BadInput);
});

test('a label that was never learnt is refused with what was', () => {
  const encoder = createLabelEncoder(['food', 'non_food']);
  expect(() => encoder.encode('Food')).toThrow('Label "Food" is none of the classes "food", "non_food".');
});

test('an id without a class is refused', () => {
  const encoder = createLabelEncoder(['food', 'non_food']);
  for (const id of [-1, 2, 0.5, Number.NaN]) expect(() => encoder.decode(id)).toThrow(/from 0 to 1/);
});
