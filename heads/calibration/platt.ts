import { sigmoid } from '../logistic-loss.js';

/** Probability of class 1 = 1 / (1 + exp(a · value + b)). */
export interface Sigmoid {
  readonly a: number;
  readonly b: number;
}

/**
 * Platt's sigmoid over the decision values of two classes, by the Newton method with backtracking of H.-T. Lin, C.-J. Lin
 * and R. C. Weng, “A note on Platt's probabilistic outputs for support vector machines”, Machine Learning 68 (2007), on
 * Platt's smoothed targets: (n₁ + 1) / (n₁ + 2) for the n₁ rows of class 1, 1 / (n₀ + 2) for the n₀ others. So `a` and `b`
 * are finite also where the classes do not overlap. As scikit-learn's `CalibratedClassifierCV(method='sigmoid')`.
 *
 * `values` and `labels` (0 or 1) are one per row, the values finite; at least one row.
 */
export function fitPlatt(values: Float64Array, labels: ArrayLike<number>): Sigmoid {
  const targets = smoothTargets(labels);
  const { centre, scale } = describe(values);
  // The paper's constants suit values of about 1, and those of a strongly regularised head are far smaller.
  const scaled = values.map((value) => (value - centre) / scale);
  const { a, b } = minimise(scaled, targets);
  return { a: a / scale, b: b - (a * centre) / scale };
}

function smoothTargets(labels: ArrayLike<number>): Float64Array {
  const positives = Array.from(labels).filter((label) => label === 1).length;
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (labels.length - positives + 2);
  return Float64Array.from(labels, (label) => (label === 1 ? high : low));
}

function describe(values: Float64Array): { readonly centre: number; readonly scale: number } {
  const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / values.length;
  return { centre, scale: Math.sqrt(square) || 1 };
}

const MOST_ITERATIONS = 100;
const SHORTEST_STEP = 1e-10;
/** Added to the Hessian's diagonal, which values that are all equal would leave singular. */
const RIDGE = 1e-12;
const TOLERANCE = 1e-12;
const SUFFICIENT_DECREASE = 1e-4;

function minimise(values: Float64Array, targets: Float64Array): Sigmoid {
  const share = targets.reduce((sum, target) => sum + target, 0) / targets.length;
  let point: Sigmoid = { a: 0, b: Math.log((1 - share) / share) };
  let loss = lossOf(values, targets, point);
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const { gradient, hessian } = differentiate(values, targets, point);
    if (Math.max(Math.abs(gradient[0]), Math.abs(gradient[1])) <= TOLERANCE) break;
    const step = solve(hessian, gradient);
    const descent = gradient[0] * step.a + gradient[1] * step.b;
    let length = 1;
    let next = point;
    let nextLoss = loss;
    for (; length >= SHORTEST_STEP; length /= 2) {
      next = { a: point.a - length * step.a, b: point.b - length * step.b };
      nextLoss = lossOf(values, targets, next);
      if (nextLoss < loss - SUFFICIENT_DECREASE * length * descent) break;
    }
    // No step lowers a convex loss: only rounding is left.
    if (length < SHORTEST_STEP) break;
    point = next;
    loss = nextLoss;
  }
  return point;
}

/** Mean over the rows of −t log p − (1 − t) log(1 − p), written so that nothing overflows. */
function lossOf(values: Float64Array, targets: Float64Array, { a, b }: Sigmoid): number {
  let sum = 0;
  for (let row = 0; row < values.length; row++) {
    const score = a * (values[row] ?? 0) + b;
    const target = targets[row] ?? 0;
    sum += (score >= 0 ? target : target - 1) * score + Math.log1p(Math.exp(-Math.abs(score)));
  }
  return sum / values.length;
}

interface Derivatives {
  readonly gradient: readonly [number, number];
  /** By a and a, by a and b, by b and b. */
  readonly hessian: readonly [number, number, number];
}

function differentiate(values: Float64Array, targets: Float64Array, { a, b }: Sigmoid): Derivatives {
  const rows = values.length;
  let byA = 0;
  let byB = 0;
  let byAA = 0;
  let byAB = 0;
  let byBB = 0;
  for (let row = 0; row < rows; row++) {
    const value = values[row] ?? 0;
    const probability = sigmoid(-(a * value + b));
    const residual = (targets[row] ?? 0) - probability;
    const weight = probability * (1 - probability);
    byA += value * residual;
    byB += residual;
    byAA += value * value * weight;
    byAB += value * weight;
    byBB += weight;
  }
  return { gradient: [byA / rows, byB / rows], hessian: [byAA / rows, byAB / rows, byBB / rows] };
}

/** Newton's step. */
function solve([aa, ab, bb]: Derivatives['hessian'], [byA, byB]: Derivatives['gradient']): Sigmoid {
  const determinant = (aa + RIDGE) * (bb + RIDGE) - ab * ab;
  return {
    a: ((bb + RIDGE) * byA - ab * byB) / determinant,
    b: ((aa + RIDGE) * byB - ab * byA) / determinant,
  };
}
