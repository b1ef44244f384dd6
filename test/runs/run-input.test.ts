import { describe, expect, test } from 'vitest';
import { lineageOf } from '../../runs/lineage.js';
import { type RunInput, parseRunInput } from '../../runs/run-input.js';
import { resolveSettings } from '../../runs/run-settings.js';
import { workflowIdOf } from '../../runs/workflow-id.js';

describe('the input of a run', () => {
  test('needs nothing but the name of a data set', () => {
    expect(parseRunInput({ dataset: 'sample' })).toEqual({ dataset: 'sample' });
  });

  test.each([
    [{}, 'input.dataset: expected a string, received nothing.'],
    [{ dataset: 'Über' }, 'input.dataset: expected a name of 1 to 63 lower-case letters'],
    [{ dataset: '../etc' }, 'received "../etc"'],
    [{ dataset: 'x', batchSize: 'ten' }, 'input.batchSize: expected a number, received "ten"'],
    [{ dataset: 'x', batchSize: 0 }, 'input.batchSize: expected a whole number from 1 to 1000, received 0'],
    [{ dataset: 'x', batchSize: 1.5 }, 'expected a whole number from 1 to 1000, received 1.5'],
    [{ dataset: 'x', head: { C: -1 } }, 'input.head.C: expected a number above 0, received -1'],
    [{ dataset: 'x', head: { classWeight: 'even' } }, 'expected "none" or "balanced", received "even"'],
    [{ dataset: 'x', head: { kind: 'svm' } }, '"linear-svm" or "auto", received "svm"'],
    [{ dataset: 'x', head: { C: 0 } }, 'input.head.C: expected a number above 0, received 0'],
    [{ dataset: 'x', head: { C: 1, tune: true } }, 'input.head.C: expected no C together with "tune"'],
    [{ dataset: 'x', head: { C: 1, kind: 'auto' } }, 'input.head.C: expected no C together with'],
    [{ dataset: 'x', head: { memory: 1 } }, 'expected a whole number from 64 to 1048576, received 1'],
    [{ dataset: 'x', head: { threshold: { aim: 'recall', least: 2 } } }, 'a number above 0 and at most 1'],
    [{ dataset: 'x', head: { threshold: 'f1' } }, 'input.head.threshold: expected {"aim":"f1"}'],
    [{ dataset: 'x', maxBadImageRate: 2 }, 'expected a number from 0 to 1, received 2'],
    [{ dataset: 'x', sha256: 'abc' }, 'expected 64 lower-case hexadecimal digits, received "abc"'],
    [
      { dataset: 'x', promotion: { margin: 1 } },
      'input.promotion.margin: expected a number from 0 to below 1',
    ],
    [{ dataset: 'x', promotion: { otherwise: 'ask' } }, 'expected "wait" or "leave", received "ask"'],
    [{ dataset: 'x', rehash: 'yes' }, 'input.rehash: expected a boolean, received "yes"'],
    [null, 'input: expected an object, received null'],
    ['sample', 'input: expected an object, received "sample"'],
  ])('%j is refused with where, expected and received', (input, sentence) => {
    expect(() => parseRunInput(input)).toThrow(sentence);
  });

  test('a misspelt field is refused by its name, also inside an object', () => {
    expect(() => parseRunInput({ dataset: 'x', batchsize: 3 })).toThrow('Unknown field "batchsize"');
    expect(() => parseRunInput({ dataset: 'x', promotion: { wait: true } })).toThrow(
      /^Unknown field "wait" in input.promotion .*expected only margin, otherwise\.$/,
    );
    expect(() => parseRunInput({ dataset: 'x', head: { c: 3 } })).toThrow(
      /^Unknown field "c" in input.head .*expected only kind, C, tune, classWeight, standardise, tol, maxIterations, memory, threshold\.$/,
    );
  });

  test('a long wrong value is cut in the message', () => {
    const message = messageOf(() => parseRunInput({ dataset: 'x'.repeat(10_000) }));
    expect(message.length).toBeLessThan(300);
  });
});

describe('the settings of a run', () => {
  test.each([
    [{}, { margin: 0.01, otherwise: 'wait' }],
    [{ onFailedBatches: 'fail' }, { margin: 0.01, otherwise: 'leave' }],
    [
      { onFailedBatches: 'fail', promotion: { otherwise: 'wait' } },
      { margin: 0.01, otherwise: 'wait' },
    ],
    [{ promotion: { margin: 0 } }, { margin: 0, otherwise: 'wait' }],
  ] as const)('of %j wait for nobody where nobody is waited for anyway', (more, promotion) => {
    expect(resolveSettings({ dataset: 'x', ...more }, { classWeight: 'none' }).promotion).toEqual(promotion);
  });

  test('have every default, and the data set decides on class weights', () => {
    const settings = resolveSettings({ dataset: 'sample' }, { classWeight: 'balanced' });
    expect(settings).toMatchObject({
      batchSize: 64,
      window: 16,
      seed: 0,
      rehash: false,
      head: { C: 1, classWeight: 'balanced' },
    });
  });

  test('what the input says goes before what the data set says', () => {
    const input = parseRunInput({ dataset: 'sample', head: { classWeight: 'none' } });
    expect(resolveSettings(input, { classWeight: 'balanced' }).head.classWeight).toBe('none');
  });
});

describe('the head of the settings', () => {
  const headOf = (head: RunInput['head']) =>
    resolveSettings(parseRunInput({ dataset: 'x', head }), { classWeight: 'none' }).head;
  const byDefault = { C: 1, classWeight: 'none', tol: 1e-8, maxIterations: 100 };

  test('is what it was before there were choices, unless one is made', () => {
    expect(headOf(undefined)).toEqual(byDefault);
    expect(headOf({ kind: 'logistic-regression', tune: false, standardise: false })).toEqual(byDefault);
  });

  test('holds every choice, with the defaults of its kind', () => {
    expect(headOf({ kind: 'linear-svm', C: 3, standardise: true })).toEqual({
      ...byDefault,
      ...{ C: 3, maxIterations: 1000, kind: 'linear-svm', standardise: true },
    });
    expect(headOf({ tune: true, memory: 512, threshold: { aim: 'precision', least: 0.9 } })).toEqual({
      ...byDefault,
      ...{ tune: true, memory: 512, threshold: { aim: 'precision', least: 0.9 } },
    });
    expect(headOf({ kind: 'auto', tune: true })).toEqual({ ...byDefault, maxIterations: 1000, kind: 'auto' });
  });
});

test('reading every picture again is no part of what a head depends on', () => {
  const settingsOf = (input: RunInput) => resolveSettings(input, { classWeight: 'none' });
  const lineage = (input: RunInput) =>
    lineageOf({ settings: settingsOf(input), version: 'v', fingerprint: 'f', contentHash: 'c' });
  expect(settingsOf({ dataset: 'sample', rehash: true }).rehash).toBe(true);
  expect(lineage({ dataset: 'sample', rehash: true })).toEqual(lineage({ dataset: 'sample' }));
});

describe('the workflow id', () => {
  test('is the same for the same input in whatever order its fields stand', () => {
    const id = workflowIdOf({ dataset: 'sample', batchSize: 8 });
    expect(workflowIdOf({ batchSize: 8, dataset: 'sample' })).toBe(id);
    expect(id).toMatch(/^graft-sample-[0-9a-f]{12}$/);
  });

  test('differs where the input differs', () => {
    expect(workflowIdOf({ dataset: 'sample', batchSize: 8 })).not.toBe(
      workflowIdOf({ dataset: 'sample', batchSize: 9 }),
    );
  });
});

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return '';
}
