import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { printVerification } from '../../cli/print-verification.js';
import type { CheckResult } from '../../verification/finding.js';

let printed = '';

beforeEach(() => {
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});

afterEach(() => void vi.restoreAllMocks());

const OUTCOME = {
  ...{ runId: 'r1', dataset: 'meals', version: 'v', backbone: 'fake', fingerprint: 'f', model: 'm' },
};

const missingPictures = (number: number): CheckResult => ({
  check: 'pictures',
  counts: { pictures: 30, bytes: 1_234_567 },
  findings: Array.from({ length: number }, (_, at) => ({
    kind: 'picture missing',
    object: `images/${at}.jpg`,
    detail: 'the store has no such object',
  })),
  seconds: 0.25,
});

test('people see a line per check, the first 20 findings of a kind, and how many more', () => {
  const print = printVerification(false);
  const altered = { kind: 'head altered', object: 'models/\x1b[31m', detail: 'other bytes' };
  const model = { check: 'model', counts: { objects: 3 }, findings: [altered], seconds: 0 } as const;
  print.begin(OUTCOME);
  print.check(missingPictures(23));
  print.check(model);
  print.end([missingPictures(23), model], OUTCOME);
  expect(printed).toMatch(/✖.* pictures {3}30 pictures, 1\.2 MB .*23 findings/);
  expect(printed).toContain('picture missing (23)');
  expect(printed).toContain('images/19.jpg');
  expect(printed).not.toContain('images/20.jpg');
  expect(printed).toContain('and 3 more');
  expect(printed).toContain('head altered (1)');
  expect(printed).toContain('models/\\x1b[31m');
});

test('JSON is one line with every finding', () => {
  const print = printVerification(true);
  print.begin(OUTCOME);
  print.check(missingPictures(23));
  print.end([missingPictures(23)], OUTCOME);
  expect(printed.trimEnd().split('\n')).toHaveLength(1);
  const { findings, ...rest } = JSON.parse(printed) as { findings: readonly unknown[] };
  expect(findings).toHaveLength(23);
  expect(findings[0]).toEqual({
    check: 'pictures',
    kind: 'picture missing',
    object: 'images/0.jpg',
    detail: 'the store has no such object',
  });
  expect(rest).toEqual({
    ...OUTCOME,
    status: 'damaged',
    checks: [{ check: 'pictures', counts: { pictures: 30, bytes: 1_234_567 }, findings: 23, seconds: 0.25 }],
  });
});

test('a run that is well says so', () => {
  const print = printVerification(false);
  print.end([missingPictures(0)], OUTCOME);
  expect(printed.trim()).toBe('Nothing is lost, nothing is altered.');
});
