import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Head } from '../../heads/head.js';
import { packageRoot } from '../../runs/package-root.js';

export interface SklearnFit {
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly iterations: number;
  /** In float64, by numpy. */
  readonly objective: number;
}

export interface FitRequest {
  readonly C: number;
  readonly tol: number;
  /** Iterations at most. */
  readonly most: number;
  readonly float64: boolean;
  /** Ends at the first iteration whose objective is no higher. Default: where `tol` ends it. */
  readonly reach?: number;
}

/** A Python process that holds the features and fits logistic regression to them when asked. */
export interface SklearnProcess {
  fit(request: FitRequest): Promise<SklearnFit>;
  /** A binary logistic regression's objective in float64 by numpy, and a bound of how far it lies above the minimum. */
  judge(head: Head): Promise<{ readonly objective: number; readonly excess: number }>;
  close(): Promise<void>;
}

/** @param folder where heads are handed over. */
export function startSklearn(
  python: string,
  files: { readonly features: string; readonly labels: string },
  columns: number,
  folder: string,
): SklearnProcess {
  const script = join(packageRoot, 'bench/baselines/sklearn-heads.py');
  const child = spawn(python, [script, files.features, files.labels, String(columns)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (request: object): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const line = await lines.next();
    if (line.done === true) throw new Error('scikit-learn ended without an answer');
    return JSON.parse(line.value);
  };
  return {
    fit: async (request) => (await ask({ ask: 'fit', ...request })) as SklearnFit,
    async judge({ coef, intercept, settings }) {
      const file = join(folder, 'head.f64');
      await writeFile(file, Float64Array.of(...(coef[0] ?? []), intercept[0] ?? 0));
      return (await ask({ ask: 'objective', C: settings.C, file })) as {
        objective: number;
        excess: number;
      };
    },
    async close() {
      child.stdin.end();
      await closed;
    },
  };
}
