import type { FitPart } from './fit-parts.js';
import { createRowLossMeter } from './row-losses.js';
import { dot } from './vectors.js';

/** A convex objective along a line: what the scores are on it, and what the penalty adds. */
export interface Line {
  readonly part: FitPart;
  /** Class ids, one per row. */
  readonly labels: ArrayLike<number>;
  /** Where the line starts, and its direction: rows × outputs. */
  readonly scores: Float64Array;
  readonly direction: Float64Array;
  /** The penalty's derivative along the line at its start, and how that grows by its length. */
  readonly penaltySlope: number;
  readonly penaltyBend: number;
}

/** Share of the slope at the start that may be left. */
const FLAT_ENOUGH = 0.2;
const MOST_TRIES = 60;

/**
 * A length of a step after which the objective is nearly flat along it; 1 where that will do, 0 where the line does not
 * descend. Scores are all that it needs, so it reads no features. Only slopes are compared, because near the minimum
 * values agree to rounding long before these do; as the objective is convex, it has fallen where they are flatter
 * (regula falsi in the Illinois variant: Dowell and Jarratt, 1971).
 */
export function findLength(line: Line): number {
  const start = slopeAt(line, 0);
  if (!(start < 0)) return 0;
  const isFlat = (slope: number): boolean => Math.abs(slope) <= -FLAT_ENOUGH * start;
  let [low, lowSlope] = [0, start];
  let [high, highSlope] = [1, slopeAt(line, 1)];
  while (highSlope < 0 && !isFlat(highSlope) && high < 2 ** MOST_TRIES) {
    [low, lowSlope] = [high, highSlope];
    high *= 2;
    highSlope = slopeAt(line, high);
  }
  if (isFlat(highSlope)) return high;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const length = (low * highSlope - high * lowSlope) / (highSlope - lowSlope);
    const slope = slopeAt(line, length);
    if (isFlat(slope)) return length;
    if (slope < 0) {
      [low, lowSlope] = [length, slope];
      highSlope /= 2;
    } else {
      [high, highSlope] = [length, slope];
      lowSlope /= 2;
    }
  }
  return low;
}

/** The objective's derivative along the line. */
function slopeAt(line: Line, length: number): number {
  const { part, labels, scores, direction } = line;
  const { outputs } = part.loss;
  const meter = createRowLossMeter(part, labels);
  const there = new Float64Array(outputs);
  const along = new Float64Array(outputs);
  let slope = line.penaltySlope + length * line.penaltyBend;
  for (let row = 0, at = 0; row < part.rowCosts.length; row++, at += outputs) {
    for (let k = 0; k < outputs; k++) {
      along[k] = direction[at + k] ?? 0;
      there[k] = (scores[at + k] ?? 0) + length * (along[k] ?? 0);
    }
    meter.measure(row, there);
    slope += dot(there, along);
  }
  return slope;
}
