import type { MessagePort } from 'node:worker_threads';
import { BadInput } from '../errors/graft-error.js';
import { fitHead } from './fit-head.js';
import type { Head, HeadKind, HeadSettings, Matrix } from './head.js';

/** One fit, as it is sent to a worker thread. */
export interface FitTask {
  readonly kind: HeadKind;
  readonly features: Matrix;
  readonly labels: Float64Array;
  readonly classes: readonly string[];
  readonly settings: HeadSettings;
  /** Where each iteration is told, if anybody listens. */
  readonly progress?: MessagePort;
}

/** Bad input is an answer, because an error's class does not survive the way between threads. */
export type FitAnswer =
  { readonly kind: 'head'; readonly head: Head } | { readonly kind: 'bad-input'; readonly message: string };

/** The task of the pool's threads: see {@link createFitPool}. */
export default function fitTask(task: FitTask): FitAnswer {
  const { kind, features, labels, classes, settings, progress } = task;
  try {
    const head = fitHead(kind, features, labels, classes, settings, {
      onIteration: (iteration) => progress?.postMessage(iteration),
    });
    return { kind: 'head', head };
  } catch (error) {
    if (error instanceof BadInput) return { kind: 'bad-input', message: error.message };
    throw error;
  }
}
