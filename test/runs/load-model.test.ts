import { beforeAll, describe, expect, test } from 'vitest';
import { BadInput } from '../../errors/graft-error.js';
import { type Model, assertModelFits, loadModel } from '../../runs/load-model.js';
import type { CompletedRun } from '../../runs/run-summary.js';
import { keys } from '../../storage/keys.js';
import type { MemoryStore } from '../support/memory-store.js';
import { copyStore, finishRun, runAgain } from '../verification/finished-run.js';

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

describe('without a name', () => {
  let finished: MemoryStore;
  let first: CompletedRun;
  let second: string;
  beforeAll(async () => {
    ({ store: finished, summary: first } = await finishRun());
    const later = await runAgain(finished, '01a20000-0000-7000-8000-000000000002', { head: { C: 3 } });
    expect(later.promotion?.decision).toBe('left');
    second = later.model;
  });

  test('the champion is taken, though another model was trained since', async () => {
    expect(await loadModel(finished, undefined)).toMatchObject({ id: first.model, isChampion: true });
  });

  test('the last model is taken where there is no champion', async () => {
    const store = copyStore(finished);
    await store.delete(keys.championEntry('meals', 1));
    const model = await loadModel(store, undefined);
    expect(model).toMatchObject({ id: second });
    expect(model).not.toHaveProperty('isChampion');
  });
});
