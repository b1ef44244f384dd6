import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startFromPriors } from '../../heads/class-priors.js';
import type { Evaluation } from '../../heads/newton-cg.js';
import { logisticLoss } from '../../heads/logistic-loss.js';
import { createRegularisedObjective } from '../../heads/regularised-objective.js';
import { softmaxLoss } from '../../heads/softmax-loss.js';
import { type TrainingSet, trainingSets } from './training-sets.js';

const STEP = 1e-5;

function objectiveOf({ features, labels, classes, C }: TrainingSet) {
  const loss = classes.length === 2 ? logisticLoss : softmaxLoss(classes.length);
  const priors = new Float64Array(loss.outputs).fill(1 / classes.length);
  const rowWeights = Float64Array.from(labels, (label) => 1 + label / 2);
  return createRegularisedObjective({
    features,
    labels,
    rowWeights,
    C,
    loss,
    start: startFromPriors(priors),
  });
}

/** Points near which rounding of finite differences is small. */
const pointOf = (size: number, seed: number): Float64Array =>
  Float64Array.from({ length: size }, (_, at) => Math.sin(seed + 7 * at));

const nudged = (point: Float64Array, at: number, by: number): Float64Array =>
  point.map((value, each) => (each === at ? value + by : value));

const scaleOf = (numbers: ArrayLike<number>): number => 1 + Math.max(...Array.from(numbers, Math.abs));

test('the gradient is the slope of the objective', () => {
  fc.assert(
    fc.property(trainingSets(), fc.nat({ max: 1000 }), (set, seed) => {
      const objective = objectiveOf(set);
      const point = pointOf(objective.start.length, seed);
      const { gradient } = objective.evaluate(point);
      const slopes = Array.from(point, (_, at) => {
        const [up, down] = [STEP, -STEP].map((by) => objective.evaluate(nudged(point, at, by)).value);
        return ((up ?? 0) - (down ?? 0)) / (2 * STEP);
      });
      slopes.forEach((slope, at) => {
        expect(Math.abs(slope - (gradient[at] ?? 0)) / scaleOf(slopes)).toBeLessThan(1e-6);
      });
    }),
    { numRuns: 40 },
  );
});

test('the Hessian times a vector is the slope of the gradient along it', () => {
  fc.assert(
    fc.property(trainingSets(), fc.nat({ max: 1000 }), (set, seed) => {
      const objective = objectiveOf(set);
      const point = pointOf(objective.start.length, seed);
      const direction = pointOf(objective.start.length, seed + 0.5);
      const along = (by: number): Evaluation =>
        objective.evaluate(point.map((value, at) => value + by * (direction[at] ?? 0)));
      const [up, down] = [along(STEP).gradient, along(-STEP).gradient];
      const product = objective.evaluate(point).multiplyHessian(direction);
      product.forEach((value, at) => {
        const slope = ((up[at] ?? 0) - (down[at] ?? 0)) / (2 * STEP);
        expect(Math.abs(slope - value) / scaleOf(product)).toBeLessThan(1e-6);
      });
    }),
    { numRuns: 40 },
  );
});

test('the objective is C times the weighted losses plus half the squared coefficients', () => {
  const features = { rows: 2, columns: 1, data: Float32Array.of(1, 3) };
  const objective = createRegularisedObjective({
    features,
    labels: [0, 1],
    rowWeights: Float64Array.of(1, 1),
    C: 5,
    loss: logisticLoss,
    start: startFromPriors(Float64Array.of(0.5)),
  });
  const point = Float64Array.of(0.7, -0.2);
  const { coef, intercept } = objective.toParameters(point);
  const weight = coef[0]?.[0] ?? Number.NaN;
  const free = intercept[0] ?? Number.NaN;
  const losses = Math.log(1 + Math.exp(weight + free)) + Math.log(1 + Math.exp(-(3 * weight + free)));
  expect(weight).not.toBe(0);
  expect(objective.evaluate(point).value).toBeCloseTo(5 * losses + weight ** 2 / 2, 12);
});

test('where the loss bends for all rows alike, the diagonal is the Hessian’s', () => {
  fc.assert(
    fc.property(trainingSets(), (set) => {
      const objective = objectiveOf(set);
      // Coefficients of 0 give all rows the same probabilities, whatever the intercepts.
      const start = objective.evaluate(objective.start);
      start.diagonal.forEach((value, at) => {
        const unit = new Float64Array(start.diagonal.length);
        unit[at] = 1;
        const own = start.multiplyHessian(unit)[at] ?? Number.NaN;
        // A constant column has no curvature, nor a gradient.
        if (own !== 0) expect(value / own).toBeCloseTo(1, 9);
        expect(value).toBeGreaterThan(0);
      });
    }),
    { numRuns: 40 },
  );
});
