import { sigmoid } from '../../heads/logistic-loss.js';
import type { Matrix } from '../../heads/head.js';
import { softmaxInPlace } from '../../heads/softmax-loss.js';
import type { MultiplyRows } from '../neighbours/find-neighbours.js';
import { centreRows, transpose } from './centred-rows.js';
import { createFoldDescent } from './fold-descent.js';

/** Labelled rows that are dealt into folds. */
export interface FoldedRows {
  /** Row of the features of each. */
  readonly rows: readonly number[];
  /** Class ids. */
  readonly labels: Int32Array;
  readonly classes: readonly string[];
  /** Fold of each, 0 to `folds` − 1. */
  readonly foldOf: Uint8Array;
  readonly folds: number;
}

/** Gives each row's class probabilities by a head that was fitted without its fold: float64, rows × classes, row-major. */
export type CrossValidator = (folded: FoldedRows) => Promise<Float64Array>;

type Descent = ReturnType<typeof createFoldDescent>;

/**
 * C of features whose mean squared distance from their mean is 1: strong enough not to learn wrong labels by heart, whatever
 * the scale of a backbone's features.
 */
const STRENGTH = 10;
/** Steps that each fold remembers. */
const MEMORY = 8;
/** Scores that folds hold at once, 32 MB. */
const MOST_SCORES = 4e6;

export interface FitOptions {
  /** Scores that folds hold at once, rows × classes × folds; one fold is always fitted. Default 4,000,000. */
  readonly mostScores?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Cross-validates with as many folds in step as may hold their scores at once: each step multiplies the features with the
 * vectors of all these folds, which takes hardly longer than with one. Scores of held-out rows come along, their losses
 * count nothing.
 */
export function crossValidate(
  features: Matrix,
  multiply: MultiplyRows,
  { mostScores = MOST_SCORES, signal }: FitOptions = {},
): CrossValidator {
  return async ({ rows, labels, classes, foldOf, folds }) => {
    const matrix = centreRows(features, rows);
    const turned = transpose(matrix);
    const probabilities = new Float64Array(foldOf.length * classes.length);
    const atOnce = Math.max(1, Math.floor(mostScores / probabilities.length));
    for (let first = 0; first < folds; first += atOnce) {
      const descents = Array.from({ length: Math.min(atOnce, folds - first) }, (_, at) =>
        createFoldDescent({
          labels,
          rowCosts: Float64Array.from(foldOf, (other) => (other === first + at ? 0 : STRENGTH)),
          classCount: classes.length,
          columns: matrix.columns,
          memory: MEMORY,
        }),
      );
      await descend(descents, matrix, turned, multiply, signal);
      descents.forEach((descent, at) => noteHeld(probabilities, descent, foldOf, first + at, classes.length));
    }
    return probabilities;
  };
}

/** Goes on until every fold has arrived. `turned` is `matrix` transposed. */
async function descend(
  descents: readonly Descent[],
  matrix: Matrix,
  turned: Matrix,
  multiply: MultiplyRows,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (let active = descents; active.length > 0;) {
    signal?.throwIfAborted();
    const pulled = await multiply(joinSlopes(active, matrix.rows), turned);
    const going = active.flatMap((descent, at) => {
      const size = descent.outputs * matrix.columns;
      const direction = descent.direct(pulled.subarray(at * size, (at + 1) * size));
      return direction === undefined ? [] : [{ descent, direction }];
    });
    if (going.length === 0) return;
    const along = await multiply(matrix, joinDirections(going, matrix.columns));
    active = going.flatMap(({ descent }, at) =>
      descent.move(takeOutputs(along, matrix.rows, descent.outputs, at)) ? [descent] : [],
    );
  }
}

/** The slopes of all folds, one line for each output. */
function joinSlopes(descents: readonly Descent[], rows: number): Matrix {
  const outputs = descents[0]?.outputs ?? 1;
  const data = new Float32Array(descents.length * outputs * rows);
  descents.forEach((descent, fold) => {
    descent.slopes().forEach((slope, at) => {
      data[(fold * outputs + (at % outputs)) * rows + Math.floor(at / outputs)] = slope;
    });
  });
  return { rows: descents.length * outputs, columns: rows, data };
}

function joinDirections(going: readonly { readonly direction: Float64Array }[], columns: number): Matrix {
  const size = going[0]?.direction.length ?? 0;
  const data = new Float32Array(going.length * size);
  going.forEach(({ direction }, fold) => data.set(direction, fold * size));
  return { rows: data.length / columns, columns, data };
}

/** The products of one fold: rows × outputs. */
function takeOutputs(products: Float32Array, rows: number, outputs: number, fold: number): Float64Array {
  const width = products.length / rows;
  const taken = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < outputs; k++)
      taken[row * outputs + k] = products[row * width + fold * outputs + k] ?? 0;
  return taken;
}

/** Fills in the probabilities of the rows that this fold holds out. */
function noteHeld(
  probabilities: Float64Array,
  { scores, outputs }: Descent,
  foldOf: Uint8Array,
  fold: number,
  classCount: number,
): void {
  foldOf.forEach((other, row) => {
    if (other !== fold) return;
    const own = probabilities.subarray(row * classCount, (row + 1) * classCount);
    own.set(scores.subarray(row * outputs, (row + 1) * outputs));
    const score = own[0] ?? 0;
    if (outputs > 1) softmaxInPlace(own);
    else own.set([sigmoid(-score), sigmoid(score)]);
  });
}
