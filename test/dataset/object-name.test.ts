import { fc } from '../support/properties.js';
import { expect, test } from 'vitest';
import { byCodePoint } from '../../dataset/code-point-order.js';
import { objectName } from '../../dataset/object-name.js';
import { quote } from '../../dataset/quote.js';

test('ordinary names of any script stay as they are', () => {
  for (const name of ['1_512', 'non_food', 'Käse', '寿司', 'v1.2-final']) expect(objectName(name)).toBe(name);
  expect(objectName('Ka\u0308se')).toBe('Käse');
});

test('hostile names become harmless and stay apart', () => {
  for (const name of [
    '..',
    '.',
    '',
    '.hidden',
    'a/b',
    'a\\b',
    'a b',
    'a\0b',
    'CON',
    'con.tar',
    'a.',
    '\u202egpj',
    'a'.repeat(300),
  ])
    expect(objectName(name)).toMatch(/^[\p{L}\p{M}\p{N}_-][\p{L}\p{M}\p{N}._-]*-[0-9a-f]{8}$/u);
  expect(objectName('a b')).not.toBe(objectName('a_b'));
  expect(objectName('a'.repeat(300))).not.toBe(objectName('a'.repeat(301)));
});

test('any name gives one safe, short, stable part of a key', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
      const safe = objectName(name);
      expect(safe).toMatch(/^[\p{L}\p{M}\p{N}_-][\p{L}\p{M}\p{N}._-]*$/u);
      expect(safe.endsWith('.')).toBe(false);
      expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(110);
      expect(objectName(name.normalize('NFD'))).toBe(safe);
    }),
  );
});

test('the order is that of UTF-8 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
      expect(Math.sign(byCodePoint(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
  expect(['\u{1f354}', '\ufb01'].sort(byCodePoint)).toEqual(['\ufb01', '\u{1f354}']);
});

test('quotations hold nothing that moves a cursor, and are short', () => {
  expect(quote('a\u001b[2J\u202e\n.jpg')).toBe('"a\\u{1b}[2J\\u{202e}\\u{a}.jpg"');
  expect(quote('x'.repeat(5000)).length).toBe(122);
});
