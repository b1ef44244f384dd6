import { sigmoid } from '../../heads/logistic-loss.js';
import type { Matrix } from '../../heads/head.js';
import { softmaxInPlace } from '../../heads/softmax-loss.js';
import type { MultiplyRows } from '../neighbours/find-neighbours.js';
import { centreRows, transpose } from './centred-rows.js';
import type { CrossValidator } from './cross-validate.js';
import { createFoldDescent } from './fold-descent.js';
import { STRENGTH } from './fold-fitter.js';

type Descent = ReturnType<typeof createFoldDescent>;

/** Steps that each fold remembers. */
const MEMORY = 8;

/**
 * Cross-validates with all folds in step: each step multiplies the features with the vectors of all folds at once, which
 * takes hardly longer than with one. Scores of held-out rows come along, their losses count nothing.
 *
 * The folds' scores are kept at once, rows × outputs × folds: not for many rows of many classes.
 */
export function fitTogether(features: Matrix, multiply: MultiplyRows, signal?: AbortSignal): CrossValidator {
  return async ({ rows, labels, classes, foldOf, folds }) => {
    const matrix = centreRows(features, rows);
    const turned = transpose(matrix);
    const descents = Array.from({ length: folds }, (_, fold) =>
      createFoldDescent({
        labels,
        rowCosts: Float64Array.from(foldOf, (other) => (other === fold ? 0 : STRENGTH)),
        classCount: classes.length,
        columns: matrix.columns,
        memory: MEMORY,
      }),
    );
    for (let active = descents; active.length > 0;) {
      signal?.throwIfAborted();
      const pulled = await multiply(joinSlopes(active, matrix.rows), turned);
      const going = active.flatMap((descent, at) => {
        const size = descent.outputs * matrix.columns;
        const direction = descent.direct(pulled.subarray(at * size, (at + 1) * size));
        return direction === undefined ? [] : [{ descent, direction }];
      });
      if (going.length === 0) break;
      const along = await multiply(matrix, joinDirections(going, matrix.columns));
      active = going.flatMap(({ descent }, at) =>
        descent.move(takeOutputs(along, matrix.rows, descent.outputs, at)) ? [descent] : [],
      );
    }
    return heldProbabilities(descents, foldOf, classes.length);
  };
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

function heldProbabilities(
  descents: readonly Descent[],
  foldOf: Uint8Array,
  classCount: number,
): Float64Array {
  const probabilities = new Float64Array(foldOf.length * classCount);
  foldOf.forEach((fold, row) => {
    const { scores, outputs } = descents[fold] ?? { scores: probabilities, outputs: 1 };
    const own = probabilities.subarray(row * classCount, (row + 1) * classCount);
    own.set(scores.subarray(row * outputs, (row + 1) * outputs));
    const score = own[0] ?? 0;
    if (outputs > 1) softmaxInPlace(own);
    else own.set([sigmoid(-score), sigmoid(score)]);
  });
  return probabilities;
}
