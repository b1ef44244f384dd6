import type { FitPool } from '../fit-pool.js';
import { startGramThread } from '../gram/gram-thread.js';
import type { Head, HeadKind, Matrix } from '../head.js';
import { decisionValues } from '../predict.js';
import { spreadOf } from '../selection/candidates.js';
import { startStreamedThread } from '../streamed/streamed-thread.js';
import { type Route, chooseRoute } from './choose-route.js';
import { type TrainingData, scoreShards } from './training-data.js';
import { type TrainingSettings, headSettingsOf, isChosen, kindsOf } from './training-settings.js';

export interface FitterDeps {
  readonly fitPool: FitPool;
  /** Bytes that features and solver may hold. */
  readonly memoryBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** Fits heads to the training rows and scores validation by them, off the event loop, by one of the routes. */
export interface Fitter {
  readonly route: Route;
  /** mean‖x − μ‖² of the training rows, standardised where they are. */
  readonly spread: number;
  /** Fastest where C ascends. */
  fit(kind: HeadKind, C: number): Promise<Head>;
  /** Decision values on validation, row by row. */
  score(head: Head): Promise<Float64Array>;
  close(): Promise<void>;
}

/** Opens the fastest way to fit these heads that the memory allows: {@link chooseRoute}. */
export async function openFitter(
  data: TrainingData,
  settings: TrainingSettings,
  deps: FitterDeps,
): Promise<Fitter> {
  const route = chooseRoute({
    rows: data.training.rows,
    columns: data.columns,
    validationRows: data.validation.rows,
    kinds: kindsOf(settings),
    isSweep: isChosen(settings),
    memoryBytes: deps.memoryBytes,
  });
  const open = { columns: openColumns, gram: openGram, streamed: openStreamed }[route];
  return { route, ...(await open(data, settings, deps)) };
}

type Opened = Omit<Fitter, 'route'>;

async function openColumns(
  { classes, training, validation }: TrainingData,
  settings: TrainingSettings,
  { fitPool, signal }: FitterDeps,
): Promise<Opened> {
  const features = await training.load();
  return {
    spread: isChosen(settings) ? spreadOf(features, settings.standardise) : Number.NaN,
    fit: (kind, C) =>
      fitPool.fit(features, training.labels, classes, headSettingsOf(settings, C), { kind, signal }),
    score: scoreLoaded(validation),
    close: () => Promise.resolve(),
  };
}

async function openGram(
  { classes, training, validation }: TrainingData,
  settings: TrainingSettings,
  { signal }: FitterDeps,
): Promise<Opened> {
  const thread = await startGramThread(await training.load(), {
    standardise: settings.standardise === true,
    signal,
  });
  return {
    spread: thread.spread,
    async fit(kind, C) {
      const each = [headSettingsOf(settings, C)];
      const [head] = await thread.fitEach(kind, training.labels, classes, each, { goesOn: true, signal });
      if (head === undefined) throw new Error('Expected a head, received none.');
      return head;
    },
    score: scoreLoaded(validation),
    close: () => thread.close(),
  };
}

async function openStreamed(
  { classes, training, validation }: TrainingData,
  settings: TrainingSettings,
  { memoryBytes, signal }: FitterDeps,
): Promise<Opened> {
  const standardise = settings.standardise === true;
  const options = { classes, memoryBytes, standardise, signal };
  const thread = await startStreamedThread(() => training.shards(), options);
  return {
    spread: thread.spread,
    fit: (kind, C) => thread.fit(kind, headSettingsOf(settings, C)),
    score: (head) => scoreShards(head, validation),
    close: () => thread.close(),
  };
}

/** Reads validation once, when it is needed first. */
function scoreLoaded(validation: TrainingData['validation']): Fitter['score'] {
  let loaded: Promise<Matrix> | undefined;
  return async (head) => {
    loaded ??= validation.load();
    return decisionValues(head, await loaded);
  };
}
