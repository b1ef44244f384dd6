import type { FitPart } from '../fit-parts.js';
import type { Matrix } from '../head.js';
import type { LinearModel } from '../newton-by-scores.js';
import { type FactorSums, type LinearFunctions, noSums, sweepRows } from '../row-sweep.js';
import { type LinearParameters, createSolverCoordinates } from '../solver-coordinates.js';
import {
  type Standardisation,
  foldStandardisation,
  standardiseStatistics,
  standardiseSums,
} from '../standardisation.js';
import { dot, infinityNorm } from '../vectors.js';
import type { ShardSource, StreamDescription } from './shard-source.js';

export interface StreamedModelInput {
  readonly source: ShardSource;
  readonly description: StreamDescription;
  readonly part: FitPart;
  readonly standardisation: Standardisation | undefined;
  readonly tol: number;
  readonly signal?: AbortSignal | undefined;
}

export interface StreamedModel extends LinearModel {
  /** For the features as they are, standardised or not. */
  toParameters(point: Float64Array): LinearParameters;
  /** The infinity norm by coefficients and intercepts; by those of standardised columns where these are fitted. */
  parameterNorm(gradient: Float64Array): number;
}

/** Separable classes at a large C are 1e-4 off at the tolerance itself; the last digit costs a few passes. */
const TIGHTER = 0.1;
/** Gradients below this share of their bound are rounding. */
const GRADIENT_ROUNDING = 1e-13;

/**
 * The linear model over rows that are read anew in every pass, in the coordinates of the solver that has them in memory,
 * and preconditioned as there: centred, stretched, and by the diagonal.
 */
export function createStreamedModel(input: StreamedModelInput): StreamedModel {
  const { part, description, standardisation, tol } = input;
  const { loss, start, interceptPenalty } = part;
  const totalCost = part.rowCosts.reduce((sum, cost) => sum + cost, 0);
  const { statistics } = description;
  const coordinates = createSolverCoordinates({
    outputs: loss.outputs,
    columns: standardisation === undefined ? statistics : standardiseStatistics(standardisation, statistics),
    interceptCurvature: totalCost * start.curvature,
    interceptPenalty,
  });
  const fold = (functions: LinearFunctions): LinearFunctions =>
    standardisation === undefined ? functions : foldStandardisation(standardisation, functions);
  let goal: number | undefined;
  const normOf: LinearModel['normOf'] = (gradient, { curvatures }) => {
    const diagonal = coordinates.diagonalAt(curvatures);
    const norm = infinityNorm(gradient.map((value, at) => value / Math.sqrt(diagonal[at] ?? 1)));
    goal ??= Math.max(TIGHTER * tol * norm, GRADIENT_ROUNDING * totalCost * coordinates.interceptStretch);
    return norm;
  };

  return {
    start: coordinates.fromIntercepts(start.intercepts),
    async sweep(vector, visit) {
      const functions = coordinates.toFunctions(vector);
      const sums = await sweepShards(input, fold(functions), visit);
      return coordinates.fromSums(
        standardisation === undefined ? sums : standardiseSums(standardisation, sums),
        functions,
      );
    },
    penaltyOf: (vector) => coordinates.penaltyOf(coordinates.toFunctions(vector)),
    inner: dot,
    precondition(gradient, { curvatures }) {
      const diagonal = coordinates.diagonalAt(curvatures);
      return gradient.map((value, at) => value / (diagonal[at] ?? 1));
    },
    normOf,
    goalAt: () => goal ?? 0,
    toParameters(point) {
      const { weights, offsets } = fold(coordinates.toFunctions(point));
      return { coef: weights, intercept: offsets };
    },
    parameterNorm(gradient) {
      const { coef, intercept } = coordinates.toGradient(gradient);
      return Math.max(infinityNorm(intercept), ...coef.map(infinityNorm));
    },
  };
}

/** {@link sweepRows} over all shards; `row` counts through them. */
async function sweepShards(
  { source, description, signal }: StreamedModelInput,
  functions: LinearFunctions,
  visit: (row: number, scores: Float64Array) => void,
): Promise<FactorSums> {
  const sums = noSums(functions);
  let before = 0;
  for await (const { features } of source()) {
    signal?.throwIfAborted();
    checkUnchanged(features, before, description);
    const from = before;
    sweepRows(features, functions, (row, scores) => visit(from + row, scores), sums);
    before += features.rows;
  }
  if (before !== description.rows) throw changed(description.rows, before);
  return sums;
}

function checkUnchanged({ rows, columns }: Matrix, before: number, description: StreamDescription): void {
  if (before + rows > description.rows) throw changed(description.rows, before + rows);
  if (rows > 0 && columns !== description.columns) throw changed(description.columns, columns);
}

const changed = (expected: number, received: number): RangeError =>
  new RangeError(`The shards changed between two passes: expected ${expected}, received ${received}.`);
