import { setImmediate } from 'node:timers/promises';
import { BadInput } from '../../errors/graft-error.js';
import { describeColumns } from '../column-statistics.js';
import type { FitOptions } from '../fit-options.js';
import { assembleHead, planFit } from '../fit-parts.js';
import type { Head, HeadKind, HeadSettings, Matrix } from '../head.js';
import type { Standardisation } from '../standardisation.js';
import { checkFeatures, checkSettings, checkTrainingData } from '../training-data.js';
import { fitGramPart } from './fit-gram-part.js';
import { type SymmetricMatrix, computeGramMatrix } from './gram-matrix.js';
import { type MatrixProduct, openMatrixProduct } from './matrix-product.js';
import type { RowSpan } from './row-span.js';
import type { SpanPoint } from './span-newton.js';

export interface GramOptions {
  /** For heads with `settings.standardise`, which no others may have then. Default false. */
  readonly standardise?: boolean;
  /** Threads that multiply. Default: as many as there are cores. */
  readonly threads?: number | undefined;
  /** Looked at between blocks of the matrix. */
  readonly signal?: AbortSignal | undefined;
}

export interface GramFitOptions extends FitOptions {
  /** A head of the same kind, classes and rows of this problem: the fit begins there. Others are left aside. */
  readonly start?: Head | undefined;
}

/** Rows of features whose inner products are known, so that a fit costs by the rows and no longer by the columns. */
export interface GramProblem {
  readonly rows: number;
  /** mean‖x − μ‖² of the rows, standardised where they were. */
  readonly spread: number;
  /**
   * Fits the same head as `fitHead`, to at least its exactness. On this thread; between iterations the event loop turns.
   * The gradient that `onIteration` tells is the Euclidean norm of that by the coefficients.
   *
   * Rejects with `BadInput` for labels and settings that nothing can be trained on, with `signal.reason` when aborted.
   */
  fit(
    kind: HeadKind,
    labels: ArrayLike<number>,
    classes: readonly string[],
    settings: HeadSettings,
    options?: GramFitOptions,
  ): Promise<Head>;
  /**
   * One head for each of the settings, in their order. They are fitted from the strongest regularisation to the weakest,
   * each from where the last one ended, the first from `start`.
   */
  fitEach(
    kind: HeadKind,
    labels: ArrayLike<number>,
    classes: readonly string[],
    settings: readonly HeadSettings[],
    options?: GramFitOptions,
  ): Promise<Head[]>;
}

/**
 * Computes the Gram matrix of the rows, which all fits share: any C, either kind, any labels and class weights. It pays
 * where rows are fewer than columns; it takes rows² · 8 bytes and rows² · columns multiplications. The features are read
 * again, once a fit.
 *
 * Rejects with `BadInput` for features that are NaN or infinite, with `signal.reason` when aborted.
 *
 *     const gram = await createGram(features);
 *     const heads = await gram.fitEach('linear-svm', labels, ['food', 'non_food'], settings);
 */
export async function createGram(features: Matrix, options: GramOptions = {}): Promise<GramProblem> {
  const { standardise = false, threads, signal } = options;
  checkFeatures(features);
  const turn = async (): Promise<void> => {
    await setImmediate();
    signal?.throwIfAborted();
  };
  const columns = describe(features, standardise);
  const product = await openMatrixProduct(threads);
  const gram = await computeGramMatrix(features, columns, product, turn);
  return createProblem({ features, columns }, gram, product, standardise);
}

/** Means and scales of the columns. A constant column's mean is its number, so that nothing is left of it. */
function describe(features: Matrix, standardise: boolean): Standardisation {
  const { mean, variance } = describeColumns(features, new Float64Array(features.rows).fill(1));
  return {
    mean: mean.map((value, at) => (variance[at] === 0 ? (features.data[at] ?? 0) : value)),
    scale: variance.map((value) => (standardise && value > 0 ? Math.sqrt(value) : 1)),
  };
}

function createProblem(
  span: RowSpan,
  gram: SymmetricMatrix,
  product: MatrixProduct,
  standardise: boolean,
): GramProblem {
  /** Where the heads of this problem lie in the span of its rows. */
  const points = new WeakMap<Head, readonly SpanPoint[]>();

  async function fit(...[kind, labels, classes, settings, options = {}]: Parameters<GramProblem['fit']>) {
    checkSettings(settings);
    if ((settings.standardise ?? false) !== standardise)
      throw new BadInput(
        `The rows' inner products were computed ${standardise ? 'with' : 'without'} standardised columns: expected settings that say so, too.`,
      );
    checkTrainingData(
      { ...EMPTY_FEATURES, rows: gram.rows, data: new Float32Array(gram.rows) },
      labels,
      classes,
    );
    const { start, ...rest } = options;
    const begin = start?.kind === kind ? points.get(start) : undefined;
    const fitted = [];
    for (const [at, part] of planFit(kind, labels, classes.length, settings).entries())
      fitted.push(
        await fitGramPart(
          { span, gram, product, part, labels, settings, standardise, start: begin?.[at] },
          rest,
        ),
      );
    const head = assembleHead(kind, classes, settings, fitted);
    points.set(
      head,
      fitted.map(({ point }) => point),
    );
    return head;
  }

  return {
    rows: gram.rows,
    spread: traceOf(gram) / gram.rows,
    fit,
    async fitEach(kind, labels, classes, settings, options) {
      const heads = new Map<HeadSettings, Head>();
      let start = options?.start;
      for (const each of settings.toSorted((a, b) => a.C - b.C)) {
        start = await fit(kind, labels, classes, each, { ...options, start });
        heads.set(each, start);
      }
      return settings.flatMap((each) => heads.get(each) ?? []);
    },
  };
}

function traceOf({ rows, data }: SymmetricMatrix): number {
  let trace = 0;
  for (let row = 0; row < rows; row++) trace += data[row * rows + row] ?? 0;
  return trace;
}

/** Features were checked when the inner products were computed. */
const EMPTY_FEATURES = { columns: 1 };
