import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type BackboneTest, readBackboneRecord, registerBackbone } from '../../backbones/registry.js';
import { EXIT } from '../../cli/exit-codes.js';
import { keepBackboneTest } from '../../cli/keep-backbone-test.js';
import { draftOf } from '../backbones/drafts.js';
import { MemoryStore } from '../support/memory-store.js';

let printed = '';

beforeEach(() => {
  printed = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** A store with `vgg16` and `vgg16-int8`, which is made from it. */
async function openStore() {
  const store = new MemoryStore();
  const { backbone: origin } = await registerBackbone(store, draftOf('vgg16'));
  const { name, fingerprint } = origin;
  const int8 = draftOf('vgg16-int8', 'small', { precision: 'int8', quantisedFrom: { name, fingerprint } });
  return { store, origin, int8: (await registerBackbone(store, int8)).backbone };
}

const comparison = (against: BackboneTest['against'], own: number): BackboneTest => ({
  testedAt: '2026-01-02T03:04:05.000Z',
  against: { name: against.name, fingerprint: against.fingerprint },
  images: 200,
  cosine: { mean: 0.99, least: 0.9 },
  accuracy: { dataset: 'food-5k', own, against: 0.9 },
});

test('a comparison with the origin is kept, and says nothing where it allows promotion', async () => {
  const { store, origin, int8 } = await openStore();
  await keepBackboneTest(store, int8, comparison(origin, 0.9));
  expect((await readBackboneRecord(store, 'vgg16-int8')).test?.accuracy?.own).toBe(0.9);
  expect(printed).toBe('');
  expect(process.exitCode).toBeUndefined();
});

test('one that loses too much is kept, and ends the command as a run without success', async () => {
  const { store, origin, int8 } = await openStore();
  await keepBackboneTest(store, int8, comparison(origin, 0.8));
  expect((await readBackboneRecord(store, 'vgg16-int8')).test?.accuracy?.own).toBe(0.8);
  expect(printed).toContain('loses 10.0 points of validation accuracy');
  expect(process.exitCode).toBe(EXIT.runFailed);
});

test('one with any other network does not take the place of that with the origin', async () => {
  const { store, origin, int8 } = await openStore();
  await keepBackboneTest(store, int8, comparison(origin, 0.9));
  const tested = await readBackboneRecord(store, 'vgg16-int8');
  await keepBackboneTest(store, tested, comparison({ name: 'other', fingerprint: 'f'.repeat(64) }, 0.8));
  expect(await readBackboneRecord(store, 'vgg16-int8')).toEqual(tested);
  expect(printed).toMatch(/The result is not kept: vgg16-int8 was made from vgg16 .* not from this other\./);
  expect(process.exitCode).toBeUndefined();
});
