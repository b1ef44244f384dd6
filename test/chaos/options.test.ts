import { expect, test } from 'vitest';
import { parseChaosArguments } from '../../chaos/options.js';
import { BadInput } from '../../errors/graft-error.js';

test('without arguments there are 40 faults, seed 7, over the sample', () => {
  expect(parseChaosArguments([])).toEqual({ faults: 40, seed: 7 });
});

test('a zip may be given with or without its option', () => {
  const expected = { faults: 5, seed: 0, source: expect.stringMatching(/samples.icons\.zip$/) as string };
  expect(parseChaosArguments(['--faults', '5', '--seed', '0', 'samples/icons.zip'])).toEqual(expected);
  expect(parseChaosArguments(['--faults=5', '--seed=0', '--zip', 'samples/icons.zip'])).toEqual(expected);
});

test.each([
  [['--faults', '0'], /Expected --faults to be a whole number of at least 1, received "0"/],
  [['--seed', 'x'], /Expected --seed to be a whole number of at least 0, received "x"/],
  [['nowhere.zip'], /there is no file nowhere\.zip/],
  [['package.json', 'README.md'], /Expected one zip at most/],
  [['--fault', '3'], /Unknown option '--fault'/],
])('%j is refused with a sentence', (argv, sentence) => {
  expect(() => parseChaosArguments(argv)).toThrow(BadInput);
  expect(() => parseChaosArguments(argv)).toThrow(sentence);
});
