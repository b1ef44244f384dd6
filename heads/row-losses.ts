import type { FitPart } from './fit-parts.js';

/** The loss of all rows as a function of their scores, at some scores. */
export interface RowLosses {
  readonly value: number;
  /** Second derivatives by the intercepts, one per output. */
  readonly curvatures: Float64Array;
  /** Multiplies one row's `direction` by the second derivative of its loss, in place. */
  curve(row: number, direction: Float64Array): void;
}

/** Measures rows one by one, so that they may come from anywhere in any order. */
export interface RowLossMeter {
  /** Overwrites a row's scores with the derivatives of its loss by them, which are also what `finish` sums up. */
  measure(row: number, scores: Float64Array): void;
  /** After every row was measured once. */
  finish(): RowLosses;
}

/** `labels` are class ids, one per row. */
export function createRowLossMeter(
  { loss, rowCosts }: Pick<FitPart, 'loss' | 'rowCosts'>,
  labels: ArrayLike<number>,
): RowLossMeter {
  const { outputs } = loss;
  const bends = new Float64Array(rowCosts.length * outputs);
  const scale = (row: number, values: Float64Array): void => {
    const cost = rowCosts[row] ?? 0;
    for (let k = 0; k < outputs; k++) values[k] = cost * (values[k] ?? 0);
  };
  let value = 0;
  return {
    measure(row, scores) {
      value += (rowCosts[row] ?? 0) * loss.measure(scores, labels[row] ?? 0, bends, row * outputs);
      scale(row, scores);
    },
    finish: () => ({
      value,
      curvatures: sumCurvatures({ loss, rowCosts }, bends),
      curve(row, direction) {
        loss.curve(bends, row * outputs, direction);
        scale(row, direction);
      },
    }),
  };
}

function sumCurvatures(
  { loss, rowCosts }: Pick<FitPart, 'loss' | 'rowCosts'>,
  bends: Float64Array,
): Float64Array {
  const curvatures = new Float64Array(loss.outputs);
  for (let at = 0; at < bends.length; at++) {
    const k = at % loss.outputs;
    const cost = rowCosts[(at - k) / loss.outputs] ?? 0;
    curvatures[k] = (curvatures[k] ?? 0) + cost * loss.curvatureOf(bends[at] ?? 0);
  }
  return curvatures;
}
