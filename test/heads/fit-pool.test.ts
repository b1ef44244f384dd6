import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BadInput } from '../../errors/graft-error.js';
import { type FitPool, createFitPool } from '../../heads/fit-pool.js';
import type { Matrix } from '../../heads/head.js';
import { LINEAR_SVM_DEFAULTS, fitLinearSvm } from '../../heads/linear-svm.js';
import { LOGISTIC_REGRESSION_DEFAULTS, fitLogisticRegression } from '../../heads/logistic-regression.js';
import type { Iteration } from '../../heads/newton-cg.js';
import { parityCase } from './parity.js';

const { training, classes } = parityCase('binary');
const copyOf = (features: Matrix): Matrix => ({ ...features, data: features.data.slice() });

/** A fit of many iterations: pseudo-random rows and labels that no line separates. */
function longWork(): { readonly features: Matrix; readonly labels: number[] } {
  const [rows, columns] = [3000, 400];
  const data = Float32Array.from({ length: rows * columns }, (_, at) => Math.sin(at * at * 0.37));
  return {
    features: { rows, columns, data },
    labels: Array.from({ length: rows }, (_, row) => Number(Math.sin(row * row) > 0)),
  };
}
const LONG_SETTINGS = { ...LOGISTIC_REGRESSION_DEFAULTS, C: 1e6, tol: 1e-12 };

describe('a pool of fitting threads', () => {
  let pool: FitPool;
  beforeEach(() => {
    pool = createFitPool();
  });
  afterEach(() => pool.close());

  test('gives the head that the function gives', async () => {
    const told: Iteration[] = [];
    const here = fitLogisticRegression(
      training.features,
      training.labels,
      classes,
      LOGISTIC_REGRESSION_DEFAULTS,
    );
    const there = await pool.fit(
      copyOf(training.features),
      training.labels,
      classes,
      LOGISTIC_REGRESSION_DEFAULTS,
      { onIteration: (iteration) => told.push(iteration) },
    );
    expect(there).toEqual(here);
    expect(told.map((each) => each.iteration)).toEqual(
      Array.from({ length: here.convergence.iterations + 1 }, (_, iteration) => iteration),
    );
  });

  test('fits the kind of head that it is asked for', async () => {
    const { features, labels } = training;
    const there = await pool.fit(copyOf(features), labels, classes, LINEAR_SVM_DEFAULTS, {
      kind: 'linear-svm',
    });
    expect(there).toEqual(fitLinearSvm(features, labels, classes, LINEAR_SVM_DEFAULTS));
  });

  test('takes the features over and leaves nothing behind', async () => {
    const features = copyOf(training.features);
    await pool.fit(features, training.labels, classes, LOGISTIC_REGRESSION_DEFAULTS);
    expect(features.data.length).toBe(0);
  });

  test('leaves shared features, and the rest of a buffer of which it gets a part, as they are', async () => {
    const { data } = training.features;
    const shared = new Float32Array(new SharedArrayBuffer(data.byteLength));
    shared.set(data);
    const larger = new Float32Array(data.length + 1);
    larger.set(data);
    for (const given of [shared, larger.subarray(0, data.length)]) {
      const features = { ...training.features, data: given };
      await pool.fit(features, training.labels, classes, LOGISTIC_REGRESSION_DEFAULTS);
      expect(features.data).toEqual(data);
    }
  });

  test('lets the event loop turn meanwhile', async () => {
    const { features, labels } = longWork();
    let turns = 0;
    let turnsAtStart = 0;
    let fitting = true;
    const turn = (): void => {
      turns++;
      if (fitting) setImmediate(turn);
    };
    turn();
    await pool.fit(features, labels, ['a', 'b'], LONG_SETTINGS, {
      onIteration: ({ iteration }) => {
        if (iteration === 0) turnsAtStart = turns;
      },
    });
    fitting = false;
    expect(turns - turnsAtStart).toBeGreaterThan(10);
  });

  test('stops with the reason of the signal in the middle of a fit, and fits again afterwards', async () => {
    const { features, labels } = longWork();
    const controller = new AbortController();
    const fit = pool.fit(features, labels, ['a', 'b'], LONG_SETTINGS, {
      signal: controller.signal,
      onIteration: () => controller.abort(new Error('the run was cancelled')),
    });
    await expect(fit).rejects.toThrow('the run was cancelled');
    const head = await pool.fit(
      copyOf(training.features),
      training.labels,
      classes,
      LOGISTIC_REGRESSION_DEFAULTS,
    );
    expect(head.convergence.converged).toBe(true);
  });

  test('does not start what was aborted before', async () => {
    const features = copyOf(training.features);
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(
      pool.fit(features, training.labels, classes, LOGISTIC_REGRESSION_DEFAULTS, { signal }),
    ).rejects.toThrow('too late');
    expect(features.data).toEqual(training.features.data);
  });

  test('refuses bad input as the function does', async () => {
    const fit = pool.fit(copyOf(training.features), [0, 1], classes, LOGISTIC_REGRESSION_DEFAULTS);
    await expect(fit).rejects.toBeInstanceOf(BadInput);
    await expect(fit).rejects.toThrow(/one label per row/);
  });

  test('rejects what is under way when it is closed', async () => {
    const { features, labels } = longWork();
    const fit = pool.fit(features, labels, ['a', 'b'], LONG_SETTINGS);
    const rejected = expect(fit).rejects.toThrow();
    await sleep(50);
    await pool.close();
    await rejected;
  });
});

test('a process with a closed pool ends by itself', async () => {
  const built = new URL('../../dist/heads/fit-pool.js', import.meta.url).href;
  const script = `
    import { createFitPool } from ${JSON.stringify(built)};
    const pool = createFitPool();
    const features = { rows: 2, columns: 1, data: Float32Array.of(0, 1) };
    const settings = ${JSON.stringify(LOGISTIC_REGRESSION_DEFAULTS)};
    const head = await pool.fit(features, [0, 1], ['a', 'b'], settings);
    await pool.close();
    console.log(head.convergence.converged);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  expect(stdout.trim()).toBe('true');
});
