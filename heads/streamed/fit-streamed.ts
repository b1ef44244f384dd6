import { BadInput } from '../../errors/graft-error.js';
import type { FitOptions } from '../fit-options.js';
import { type FitPart, type FittedPart, assembleHead, planFit } from '../fit-parts.js';
import type { Head, HeadKind, HeadSettings } from '../head.js';
import { minimiseByScores } from '../newton-by-scores.js';
import { spreadOfVariances } from '../selection/candidates.js';
import type { Standardisation } from '../standardisation.js';
import { checkSettings, checkTrainingData } from '../training-data.js';
import { type ShardSource, type StreamDescription, describeStream } from './shard-source.js';
import { createStreamedModel } from './streamed-model.js';

export interface StreamedFitOptions extends FitOptions {
  /** What features and solver may hold at one time. The process's own tens of megabytes come on top. */
  readonly memoryBytes: number;
}

/**
 * Fits the same head as `fitHead` to rows that need not fit into memory: they are read from their source once to describe
 * them, then once for each iteration of Newton's method and of the conjugate gradients within it. In memory are one
 * shard, about fifteen numbers per column and output, and eight per row and output.
 *
 * On this thread; between iterations the event loop turns. Rejects with `BadInput` for data and settings that nothing can
 * be trained on and where `memoryBytes` is too little, with `signal.reason` when aborted, and with what the source throws.
 *
 *     await fitStreamed(readShards, 'logistic-regression', ['food', 'non_food'], settings, { memoryBytes: 2 ** 28 });
 */
export async function fitStreamed(
  source: ShardSource,
  kind: HeadKind,
  classes: readonly string[],
  settings: HeadSettings,
  options: StreamedFitOptions,
): Promise<Head> {
  checkSettings(settings);
  return (await openStream(source, classes, options)).fit(kind, settings, options);
}

export interface OpenStreamOptions extends Pick<StreamedFitOptions, 'memoryBytes' | 'signal'> {
  /** Whether heads will be fitted to standardised columns: `spread` is theirs then. Default false. */
  readonly standardise?: boolean | undefined;
}

/** Rows that were read once, and so are known to be fit for training. */
export interface StreamedProblem {
  readonly rows: number;
  /** mean‖x − μ‖² of the rows, standardised where that was asked for. */
  readonly spread: number;
  /** {@link fitStreamed} without the first pass. */
  fit(kind: HeadKind, settings: HeadSettings, options?: FitOptions): Promise<Head>;
}

/** Reads the rows once, for any number of fits. Rejects as {@link fitStreamed} does. */
export async function openStream(
  source: ShardSource,
  classes: readonly string[],
  { memoryBytes, standardise, signal }: OpenStreamOptions,
): Promise<StreamedProblem> {
  const description = await describeStream(source, signal);
  const { rows, labels, statistics } = description;
  // The features were checked shard by shard.
  checkTrainingData({ rows, columns: 1, data: new Float32Array(rows) }, labels, classes);
  return {
    rows,
    spread: spreadOfVariances(statistics.variance, standardise),
    async fit(kind, settings, options = {}) {
      checkSettings(settings);
      const parts = planFit(kind, labels, classes.length, settings);
      checkMemory(description, parts[0]?.loss.outputs ?? 1, memoryBytes);
      const standardisation = settings.standardise === true ? standardisationOf(description) : undefined;
      const fitted: FittedPart[] = [];
      for (const part of parts)
        fitted.push(await fitPart({ source, description, part, standardisation, settings }, options));
      return assembleHead(kind, classes, settings, fitted);
    },
  };
}

interface PartInput {
  readonly source: ShardSource;
  readonly description: StreamDescription;
  readonly part: FitPart;
  readonly standardisation: Standardisation | undefined;
  readonly settings: HeadSettings;
}

async function fitPart({ settings, ...input }: PartInput, options: FitOptions): Promise<FittedPart> {
  const { part, description } = input;
  const { tol, maxIterations } = settings;
  const model = createStreamedModel({ ...input, tol, signal: options.signal });
  const problem = { model, part, labels: description.labels, maxIterations };
  const { point, gradient, ...minimum } = await minimiseByScores(problem, options);
  const { coef, intercept } = model.toParameters(point);
  return {
    coef,
    intercept: [...intercept],
    convergence: {
      converged: minimum.converged,
      iterations: minimum.iterations,
      gradientNorm: model.parameterNorm(gradient),
      objective: minimum.objective,
    },
  };
}

const standardisationOf = ({ statistics: { mean, variance } }: StreamDescription): Standardisation => ({
  mean,
  scale: variance.map((value) => (value === 0 ? 1 : Math.sqrt(value))),
});

const BYTES = Float64Array.BYTES_PER_ELEMENT;
/** Vectors of all coefficients, and of all scores, that the solver holds at one time. */
const VECTORS_OF_COLUMNS = 15;
const VECTORS_OF_ROWS = 8;
/** A shard is there as it was read and as a matrix, and the next one while the last is not yet collected. */
const SHARDS = 3;

function checkMemory(
  { rows, columns, shardBytes }: StreamDescription,
  outputs: number,
  memoryBytes: number,
): void {
  const vectors = (VECTORS_OF_COLUMNS * columns + VECTORS_OF_ROWS * rows) * outputs * BYTES;
  const needed = SHARDS * shardBytes + vectors;
  if (needed <= memoryBytes) return;
  throw new BadInput(
    `Training on ${rows} × ${columns} features shard by shard needs ${Math.ceil(needed / 2 ** 20)} MB and may use ${Math.floor(memoryBytes / 2 ** 20)} MB: allow more memory.`,
  );
}
