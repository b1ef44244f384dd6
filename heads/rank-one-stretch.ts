import { addScaled, dot } from './vectors.js';

/** A symmetric matrix that differs from the identity along one direction. */
export interface RankOneStretch {
  /** The matrix times a vector, in a new array. */
  apply(vector: Float64Array): Float64Array;
  /** Its inverse times a vector, in a new array. */
  undo(vector: Float64Array): Float64Array;
}

/**
 * The inverse square root of `identity + direction · directionᵀ`: it shrinks what lies along the direction by
 * √(1 + ‖direction‖²) and leaves the rest. A direction of length 0 leaves everything.
 */
export function createRankOneStretch(direction: Float64Array): RankOneStretch {
  const length = Math.sqrt(dot(direction, direction));
  if (length === 0) return { apply: (vector) => vector.slice(), undo: (vector) => vector.slice() };
  const unit = direction.map((value) => value / length);
  const stretchBy =
    (factor: number) =>
    (vector: Float64Array): Float64Array => {
      const result = vector.slice();
      addScaled(result, (factor - 1) * dot(unit, vector), unit);
      return result;
    };
  const root = Math.hypot(1, length);
  return { apply: stretchBy(1 / root), undo: stretchBy(root) };
}
