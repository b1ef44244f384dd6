import { fc } from '../support/properties.js';
import { describe, expect, test } from 'vitest';
import { BadInput } from '../../errors/graft-error.js';
import type { Head } from '../../heads/head.js';
import { decodeHead, encodeHead } from '../../heads/head-file.js';

const head: Head = {
  kind: 'logistic-regression',
  classes: ['food', 'non_food'],
  coef: [Float64Array.of(0.1, -2.5e-308, 1 / 3)],
  intercept: [5e-324],
  settings: { C: 1, classWeight: 'balanced', tol: 1e-8, maxIterations: 100 },
  convergence: { converged: true, iterations: 9, gradientNorm: 1.25e-9, objective: 12.75 },
};

/** Any float64 that JSON has. */
const numbers = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);

test('every number comes back to the last bit', () => {
  fc.assert(
    fc.property(fc.array(numbers, { minLength: 1, maxLength: 40 }), numbers, (coef, intercept) => {
      const written = { ...head, coef: [Float64Array.from(coef)], intercept: [intercept] };
      expect(decodeHead(encodeHead(written))).toEqual(written);
    }),
  );
});

test('the same head gives the same bytes, whatever the order of its fields', () => {
  const { maxIterations, tol, classWeight, C } = head.settings;
  const { objective, gradientNorm, iterations, converged } = head.convergence;
  const other: Head = {
    convergence: { objective, gradientNorm, iterations, converged },
    settings: { maxIterations, tol, classWeight, C },
    intercept: head.intercept,
    coef: head.coef,
    classes: head.classes,
    kind: head.kind,
  };
  expect(encodeHead(other)).toEqual(encodeHead(head));
});

test('a head of before there were kinds and standardisation is read, and written as the bytes that it was', () => {
  const bytes = new TextEncoder().encode(
    '{"format":"graft-head-1","kind":"logistic-regression","classes":["food","non_food"],"coef":[[0.1,-2]],' +
      '"intercept":[0.5],"settings":{"C":1,"classWeight":"none","tol":1e-8,"maxIterations":100},' +
      '"convergence":{"converged":true,"iterations":9,"gradientNorm":1.25e-9,"objective":12.75}}\n',
  );
  expect(encodeHead(decodeHead(bytes))).toEqual(bytes);
});

test('a linear SVM on standardised columns comes back as what it is', () => {
  const svm: Head = { ...head, kind: 'linear-svm', settings: { ...head.settings, standardise: true } };
  expect(decodeHead(encodeHead(svm))).toEqual(svm);
});

test('a decoded head encodes to the bytes that it came from', () => {
  const bytes = encodeHead(head);
  expect(encodeHead(decodeHead(bytes))).toEqual(bytes);
});

test('a head with numbers that JSON lacks is never written', () => {
  expect(() => encodeHead({ ...head, intercept: [Number.NaN] })).toThrow(/intercept/);
});

describe('a damaged file is refused:', () => {
  const fields = JSON.parse(new TextDecoder().decode(encodeHead(head))) as Record<string, unknown>;
  const bytesOf = (changes: Record<string, unknown>): Uint8Array =>
    new TextEncoder().encode(JSON.stringify({ ...fields, ...changes }));

  test.each([
    { title: 'cut in the middle', bytes: encodeHead(head).subarray(0, 60), message: /expected JSON/ },
    { title: 'not UTF-8', bytes: Uint8Array.of(0x22, 0xff, 0x22), message: /UTF-8/ },
    { title: 'not an object', bytes: new TextEncoder().encode('7'), message: /expected object/ },
    {
      title: 'another format',
      bytes: bytesOf({ format: 'graft-head-2' }),
      message: /format: .*graft-head-1/,
    },
    { title: 'a text among the numbers', bytes: bytesOf({ coef: [[1, '2']] }), message: /coef\.0\.1: / },
    {
      title: 'rows of different lengths',
      bytes: bytesOf({ classes: ['a', 'b', 'c'], coef: [[1], [1, 2], [1]], intercept: [0, 0, 0] }),
      message: /rows of coef of one length/,
    },
    {
      title: 'a row too many',
      bytes: bytesOf({ coef: [[1], [2]], intercept: [0, 0] }),
      message: /expected 1 rows of coef and intercepts for 2 classes, received 2 and 2/,
    },
    { title: 'classes out of order', bytes: bytesOf({ classes: ['b', 'a'] }), message: /code point order/ },
    { title: 'a class twice', bytes: bytesOf({ classes: ['a', 'a'] }), message: /without repetition/ },
    { title: 'a kind that nobody knows', bytes: bytesOf({ kind: 'forest' }), message: /kind: .*linear-svm/ },
    { title: 'a field that nobody knows', bytes: bytesOf({ seconds: 3 }), message: /seconds/ },
  ])('$title', ({ bytes, message }) => {
    expect(() => decodeHead(bytes)).toThrow(BadInput);
    expect(() => decodeHead(bytes)).toThrow(message);
  });
});
