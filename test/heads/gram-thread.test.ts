import { afterEach, describe, expect, test } from 'vitest';
import { BadInput } from '../../errors/graft-error.js';
import { createGram } from '../../heads/gram/gram.js';
import { type GramThread, startGramThread } from '../../heads/gram/gram-thread.js';
import type { HeadSettings, Matrix } from '../../heads/head.js';
import { dominantMeanRows } from './dominant-mean.js';

const SETTINGS: HeadSettings = { C: 1, classWeight: 'none', tol: 1e-8, maxIterations: 100 };
const { features, labels, classes } = dominantMeanRows(60, 200, 2);
const SWEEP = [1, 0.01, 0.1].map((C) => ({ ...SETTINGS, C }));

describe('the thread of the Gram route', () => {
  let thread: GramThread | undefined;
  const start = async (of: Matrix = features) => (thread = await startGramThread(of, { threads: 1 }));
  afterEach(() => thread?.close());

  test('gives the heads that the function gives, and tells of every iteration', async () => {
    const gram = await createGram(features, { threads: 1 });
    const expected = await gram.fitEach('linear-svm', labels, classes, SWEEP);
    let told = 0;
    const heads = await (
      await start()
    ).fitEach('linear-svm', labels, classes, SWEEP, {
      onIteration: () => told++,
    });
    expect(heads).toEqual(expected);
    const iterations = expected.reduce((sum, { convergence }) => sum + convergence.iterations, 0);
    expect(told).toBe(iterations + SWEEP.length);
  });

  test('gives up a fit with the reason of the signal, and fits the next', async () => {
    const running = await start();
    const controller = new AbortController();
    const fit = running.fitEach('logistic-regression', labels, classes, SWEEP, {
      signal: controller.signal,
      onIteration: () => controller.abort(new Error('the run was cancelled')),
    });
    const next = running.fitEach('logistic-regression', labels, classes, [SETTINGS]);
    await expect(fit).rejects.toThrow('the run was cancelled');
    expect((await next)[0]?.convergence.converged).toBe(true);
  });

  test('refuses bad input as the function does, before and after it has started', async () => {
    const damaged = { ...features, data: features.data.map((value, at) => (at === 1 ? Number.NaN : value)) };
    await expect(start(damaged)).rejects.toBeInstanceOf(BadInput);
    const fit = (await start()).fitEach('linear-svm', [0], classes, SWEEP);
    await expect(fit).rejects.toBeInstanceOf(BadInput);
    await expect(fit).rejects.toThrow(/one label per row/);
  });

  test('is not started, or ended, where the signal says so', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(startGramThread(features, { signal })).rejects.toThrow('too late');
    const controller = new AbortController();
    const started = startGramThread(features, { signal: controller.signal });
    controller.abort(new Error('not wanted any more'));
    await expect(started).rejects.toThrow('not wanted any more');
  });

  test('rejects what is under way when it is closed, and what comes later', async () => {
    const running = await start();
    const fit = running.fitEach('logistic-regression', labels, classes, SWEEP);
    const rejected = expect(fit).rejects.toThrow('has ended');
    await running.close();
    await rejected;
    await expect(running.fitEach('linear-svm', labels, classes, SWEEP)).rejects.toThrow('has ended');
  });
});
