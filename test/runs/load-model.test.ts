import { expect, test } from 'vitest';
import { BadInput } from '../../errors/graft-error.js';
import { type Model, assertModelFits } from '../../runs/load-model.js';

const MODEL = {
  id: 'a1'.repeat(32),
  dataset: 'lunch',
  backbone: 'vgg16',
  fingerprint: '1'.repeat(64),
} as Model;

test('a model takes features of the network that it was trained on', () => {
  expect(() => assertModelFits(MODEL, { name: 'vgg16', fingerprint: '1'.repeat(64) })).not.toThrow();
});

test('a model refuses features of another network of that name, and says what to do', () => {
  const act = (): void => assertModelFits(MODEL, { name: 'vgg16', fingerprint: '2'.repeat(64) });
  expect(act).toThrow(BadInput);
  expect(act).toThrow(
    /^The model a1a1a1a1a1a1 .*called "vgg16" now: expected fingerprint 111111111111, found 222222222222\. .*graft run lunch\.$/,
  );
});
