import { describe, expect, test } from 'vitest';
import { createCircuitBreaker, isTrouble } from '../../workflows/circuit-breaker.js';

const failTimes = (breaker: ReturnType<typeof createCircuitBreaker>, times: number) =>
  Array.from({ length: times }, () => breaker.failed('the cause'));

describe('the circuit breaker', () => {
  test('trips at ten failures in a row and tells the last cause', () => {
    const breaker = createCircuitBreaker(10_000, 0);
    const answers = failTimes(breaker, 10);
    expect(answers.slice(0, 9)).toEqual(Array(9).fill(undefined));
    expect(answers[9]).toBe('10 batches failed one after the other; the last: the cause');
  });

  test('a success between them starts the row anew', () => {
    const breaker = createCircuitBreaker(10_000, 0);
    failTimes(breaker, 9);
    breaker.succeeded();
    expect(failTimes(breaker, 9)).toEqual(Array(9).fill(undefined));
  });

  test('trips when 5 % of the run have failed, those of its other parts included, and not below ten', () => {
    const breaker = createCircuitBreaker(400, 18);
    breaker.succeeded();
    expect(breaker.failed('a')).toBeUndefined();
    breaker.succeeded();
    expect(breaker.failed('b')).toBe('20 of 400 batches failed; the last: b');

    const small = createCircuitBreaker(6, 0);
    expect(failTimes(small, 6)).toEqual(Array(6).fill(undefined));
  });

  test('who goes on has accepted the share; ten more in a row trip it again', () => {
    const breaker = createCircuitBreaker(100, 9);
    expect(breaker.failed('a')).toBeDefined();
    breaker.reset();
    expect(breaker.hasSucceeded).toBe(false);
    expect(failTimes(breaker, 9)).toEqual(Array(9).fill(undefined));
    expect(breaker.failed('b')).toContain('one after the other');
  });

  test('only what every batch needs is trouble', () => {
    expect(
      ['StoreUnavailable', 'StoreRefused', 'BackboneDamaged', 'EngineUnavailable'].every(isTrouble),
    ).toBe(true);
    expect(['ImageChanged', 'ExtractorCrashed', 'ObjectNotFound'].some(isTrouble)).toBe(false);
  });
});
