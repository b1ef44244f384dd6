import { classPriors, startFromPriors } from '../../heads/class-priors.js';
import { findLength } from '../../heads/find-length.js';
import type { FitPart } from '../../heads/fit-parts.js';
import { logisticLoss } from '../../heads/logistic-loss.js';
import { createRowLossMeter } from '../../heads/row-losses.js';
import { softmaxLoss } from '../../heads/softmax-loss.js';
import { addScaled, dot } from '../../heads/vectors.js';
import { createLimitedMemory } from './limited-memory.js';

export interface DescentInput {
  /** Class ids, of all rows. */
  readonly labels: Int32Array;
  /** What each row's loss counts; 0 for a row that is held out. */
  readonly rowCosts: Float64Array;
  readonly classCount: number;
  readonly columns: number;
  /** Steps remembered. */
  readonly memory: number;
}

/** Share of the gradient's norm at the start that may be left: what counts is an order. */
const FLAT_ENOUGH = 0.003;
const MOST_STEPS = 100;

/**
 * Logistic regression with free intercepts as a descent that is told the products with the features and so computes none.
 * In turns: `slopes` → (their products with the columns) → `direct` → (its products with the rows) → `move`.
 */
export function createFoldDescent({ labels, rowCosts, classCount, columns, memory }: DescentInput) {
  const loss = classCount === 2 ? logisticLoss : softmaxLoss(classCount);
  const { outputs } = loss;
  const start = startFromPriors(classPriors(labels, rowCosts, classCount));
  const part: FitPart = { loss, rowCosts, start, interceptPenalty: 0 };
  const known = createLimitedMemory(memory);
  const coefficients = outputs * columns;
  const point = new Float64Array(coefficients + outputs);
  point.set(start.intercepts, coefficients);
  const scores = new Float64Array(labels.length * outputs).map(
    (_, at) => start.intercepts[at % outputs] ?? 0,
  );
  let slopes: Float64Array = scores;
  let gradient: Float64Array = point;
  let direction: Float64Array = point;
  let [startNorm, steps] = [0, 0];
  let step: Float64Array | undefined;

  return {
    outputs,
    /** Rows × outputs, of all rows. */
    scores,
    /** The loss's derivatives by the scores, rows × outputs. */
    slopes(): Float64Array {
      const meter = createRowLossMeter(part, labels);
      slopes = scores.slice();
      for (let at = 0; at < slopes.length; at += outputs)
        meter.measure(at / outputs, slopes.subarray(at, at + outputs));
      return slopes;
    },
    /** Where the coefficients go, outputs × columns; `undefined` at the end. @param pulled slopes times columns, likewise. */
    direct(pulled: Float32Array): Float64Array | undefined {
      const last = gradient;
      gradient = new Float64Array(point.length);
      for (let at = 0; at < coefficients; at++) gradient[at] = (point[at] ?? 0) + (pulled[at] ?? 0);
      slopes.forEach((slope, at) => {
        const own = coefficients + (at % outputs);
        gradient[own] = (gradient[own] ?? 0) + slope;
      });
      const norm = Math.sqrt(dot(gradient, gradient));
      if (steps === 0) startNorm = norm;
      if (norm <= FLAT_ENOUGH * startNorm || steps++ >= MOST_STEPS) return undefined;
      if (step !== undefined)
        known.note(
          step,
          gradient.map((value, at) => value - (last[at] ?? 0)),
        );
      direction = known.direct(gradient);
      return direction.subarray(0, coefficients);
    },
    /** Goes a good length of the way. @param along the direction times rows, rows × outputs. Whether there was one. */
    move(along: Float64Array): boolean {
      for (let at = 0; at < along.length; at++)
        along[at] = (along[at] ?? 0) + (direction[coefficients + (at % outputs)] ?? 0);
      const coef = direction.subarray(0, coefficients);
      const length = findLength({
        ...{ part, labels, scores, direction: along },
        penaltySlope: dot(coef, point),
        penaltyBend: dot(coef, coef),
      });
      step = direction.map((value) => length * value);
      addScaled(point, 1, step);
      addScaled(scores, length, along);
      return length > 0;
    },
  };
}
