import { expect } from 'vitest';
import type { Head } from '../../heads/head.js';
import { largestDifference } from './parity.js';

/** Coefficients within 1e-4 of the largest, intercepts within 1e-4, and a solver that got there. */
export function expectEqualHeads(
  head: Head,
  expected: { readonly coef: readonly ArrayLike<number>[]; readonly intercept: readonly number[] },
  ofLargest = 1e-4,
): void {
  const largest = Math.max(...expected.coef.flatMap((row) => Array.from(row, Math.abs)));
  expect(head.convergence.converged).toBe(true);
  expect(largestDifference(head.coef, expected.coef) / largest).toBeLessThanOrEqual(ofLargest);
  expect(largestDifference([head.intercept], [expected.intercept])).toBeLessThanOrEqual(1e-4);
}
