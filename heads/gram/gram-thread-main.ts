import { parentPort, workerData } from 'node:worker_threads';
import { BadInput } from '../../errors/graft-error.js';
import type { Head, HeadKind, HeadSettings, Matrix } from '../head.js';
import type { Iteration } from '../newton-cg.js';
import { createGram } from './gram.js';

export interface GramThreadData {
  readonly features: Matrix;
  readonly standardise: boolean;
  readonly threads: number | undefined;
}

/** One call of {@link GramThread.fitEach}. */
export interface GramThreadTask {
  readonly id: number;
  readonly kind: HeadKind;
  readonly labels: Float64Array;
  readonly classes: readonly string[];
  readonly settings: readonly HeadSettings[];
  /** Begins where the last head of the kind ended that was fitted so, if its C was not larger. */
  readonly goesOn?: boolean | undefined;
}

export type GramThreadRequest = GramThreadTask | { readonly cancel: number };

/** First `ready` or a failure of id 0, then for each task any number of iterations and one of the others. */
export type GramThreadReply =
  | { readonly id: number; readonly kind: 'ready'; readonly spread: number }
  | { readonly id: number; readonly kind: 'iteration'; readonly iteration: Iteration }
  | { readonly id: number; readonly kind: 'heads'; readonly heads: readonly Head[] }
  /** An error's class does not survive the way between threads. */
  | { readonly id: number; readonly kind: 'failed'; readonly isBadInput: boolean; readonly message: string };

/** The thread that holds the inner products: one task after the other, each given up when it is told to. */
async function serve(port: NonNullable<typeof parentPort>, data: GramThreadData): Promise<void> {
  const reply = (message: GramThreadReply): void => port.postMessage(message);
  const fail = (id: number, error: unknown): void =>
    reply({
      id,
      kind: 'failed',
      isBadInput: error instanceof BadInput,
      message: error instanceof Error ? error.message : String(error),
    });
  const { features, standardise, threads } = data;
  const gram = await createGram(features, { standardise, threads }).catch((error: unknown) => fail(0, error));
  if (gram === undefined) return;

  const controllers = new Map<number, AbortController>();
  const lasts = new Map<HeadKind, Head | undefined>();
  let last: Promise<void> = Promise.resolve();
  const work = async (task: GramThreadTask, signal: AbortSignal): Promise<void> => {
    const { id, kind, labels, classes, settings, goesOn } = task;
    const onIteration = (iteration: Iteration): void => reply({ id, kind: 'iteration', iteration });
    const start = goesOn === true ? startFrom(lasts.get(kind), settings) : undefined;
    const heads = await gram.fitEach(kind, labels, classes, settings, { signal, onIteration, start });
    if (goesOn === true) lasts.set(kind, weakest(heads));
    reply({ id, kind: 'heads', heads });
  };
  port.on('message', (request: GramThreadRequest) => {
    if ('cancel' in request) {
      controllers.get(request.cancel)?.abort();
      return;
    }
    const controller = new AbortController();
    controllers.set(request.id, controller);
    last = last
      .then(() => work(request, controller.signal))
      .catch((error: unknown) => fail(request.id, error))
      .finally(() => controllers.delete(request.id));
  });
  reply({ id: 0, kind: 'ready', spread: gram.spread });
}

/** Coefficients grow with C: the way from larger ones down is longer than that from nothing. */
const startFrom = (last: Head | undefined, settings: readonly HeadSettings[]): Head | undefined =>
  last !== undefined && settings.every(({ C }) => C >= last.settings.C) ? last : undefined;

const weakest = (heads: readonly Head[]): Head | undefined =>
  heads.toSorted((a, b) => a.settings.C - b.settings.C).at(-1);

if (parentPort !== null) await serve(parentPort, workerData as GramThreadData);
