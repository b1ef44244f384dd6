import { expect, test } from 'vitest';
import type { Backbone } from '../../backbones/backbone.js';
import type { FeatureExtractor } from '../../engines/feature-extractor.js';
import { BadInput } from '../../errors/graft-error.js';
import { createExtractorPool } from '../../workers/extractor-pool.js';
import { BACKBONE, createFakeExtractor } from '../activities/fake-extractor.js';

/** A pool of fake extractors; `started` and `closed` name their backbones, in order. */
function openPool(resolve: (name: string) => Promise<Backbone>) {
  const started: string[] = [];
  const closed: string[] = [];
  const createExtractor = ({ name }: Backbone): FeatureExtractor => {
    started.push(name);
    return {
      ...createFakeExtractor(),
      close: () => {
        closed.push(name);
        return Promise.resolve();
      },
    };
  };
  return { pool: createExtractorPool(resolve, createExtractor), started, closed };
}

const named = (name: string): Promise<Backbone> => Promise.resolve({ ...BACKBONE, name });

test('keeps one extractor per backbone, also for those who ask at once', async () => {
  const { pool, started } = openPool(named);
  const [one, other, another] = await Promise.all([pool.get('a'), pool.get('a'), pool.get('b')]);
  expect(one.extractor).toBe(other.extractor);
  expect(another.extractor).not.toBe(one.extractor);
  expect((await pool.get('a')).extractor).toBe(one.extractor);
  expect(started).toEqual(['a', 'b']);
});

test('forgets a failed start, so that the next attempt may succeed', async () => {
  const damaged = new Error('the file is another one');
  let repaired = false;
  const { pool, started } = openPool((name) => (repaired ? named(name) : Promise.reject(damaged)));
  await expect(pool.get('a')).rejects.toBe(damaged);
  repaired = true;
  expect((await pool.get('a')).backbone.name).toBe('a');
  expect(started).toEqual(['a']);
});

test('a failure that several waited for does not forget the start that came after it', async () => {
  const damaged = new Error('the file is another one');
  let attempts = 0;
  const { pool, started } = openPool((name) => (attempts++ === 0 ? Promise.reject(damaged) : named(name)));
  const retried = pool.get('a').catch(() => pool.get('a'));
  const waiting = pool.get('a').catch(() => undefined);
  const { extractor } = await retried;
  await waiting;
  expect((await pool.get('a')).extractor).toBe(extractor);
  expect(started).toEqual(['a']);
});

test('closes every extractor that was started, and minds none that was not', async () => {
  const { pool, closed } = openPool((name) =>
    name === 'broken' ? Promise.reject(new Error('no such file')) : named(name),
  );
  await pool.get('a');
  const starting = pool.get('b');
  const broken = pool.get('broken').catch(() => undefined);
  await pool.close();
  await Promise.all([starting, broken]);
  expect(closed.toSorted()).toEqual(['a', 'b']);
});

test('a run gets the network that it was planned with, or a sentence, whatever the name stands for by now', async () => {
  let registered = { ...BACKBONE, fingerprint: '1'.repeat(64) };
  const { pool, started } = openPool(() => Promise.resolve(registered));
  const planned = await pool.get('vgg16', registered.fingerprint);
  const early = registered.fingerprint;
  registered = { ...BACKBONE, fingerprint: '2'.repeat(64) };

  expect((await pool.get('vgg16', early)).extractor).toBe(planned.extractor);
  expect((await pool.get('vgg16', registered.fingerprint)).backbone).toBe(registered);
  expect(started).toHaveLength(2);
  const refusal = pool.get('vgg16', '3'.repeat(64));
  await expect(refusal).rejects.toThrow(BadInput);
  await expect(refusal).rejects.toThrow(
    'was replaced during the run: expected the network with fingerprint 333333333333, found 222222222222',
  );
});

test('closing ends the wait for an extractor that is still being made', async () => {
  const pool = createExtractorPool(named, (_, signal) => untilAborted(signal));
  const waiting = pool.get('a');
  const outcome = expect(waiting).rejects.toThrow('The extractor is closed');
  await pool.close();
  await outcome;
});

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
