import { fc } from '../support/properties.js';
import { expect, test } from 'vitest';
import { startFromPriors } from '../../heads/class-priors.js';
import type { Evaluation } from '../../heads/newton-cg.js';
import { logisticLoss } from '../../heads/logistic-loss.js';
import { createRegularisedObjective } from '../../heads/regularised-objective.js';
import { softmaxLoss } from '../../heads/softmax-loss.js';
import { squaredHingeLoss } from '../../heads/squared-hinge-loss.js';
import { standardisationOf } from '../../heads/standardisation.js';
import { type TrainingSet, trainingSets } from './training-sets.js';

const STEP = 1e-5;
/** A step may cross the hinge of a row, where the slope itself bends: then the difference is off by about the step. */
const ACROSS_THE_HINGE = 1e-4;

type Kind = 'logistic' | 'squared hinge';

function objectiveOf(
  { features, labels, classes, C }: TrainingSet,
  kind: Kind = 'logistic',
  standardise = false,
) {
  const rowWeights = Float64Array.from(labels, (label) => 1 + label / 2);
  const shared = {
    features,
    labels,
    rowWeights,
    C,
    standardisation: standardise ? standardisationOf(features) : undefined,
  };
  if (kind === 'squared hinge') {
    const start = { intercepts: Float64Array.of(0.25), curvature: 2 };
    return createRegularisedObjective({ ...shared, loss: squaredHingeLoss(0), start, interceptPenalty: 1 });
  }
  const loss = classes.length === 2 ? logisticLoss : softmaxLoss(classes.length);
  const priors = new Float64Array(loss.outputs).fill(1 / classes.length);
  return createRegularisedObjective({ ...shared, loss, start: startFromPriors(priors) });
}

const objectives: readonly { readonly kind: Kind; readonly standardise: boolean }[] = [
  { kind: 'logistic', standardise: false },
  { kind: 'logistic', standardise: true },
  { kind: 'squared hinge', standardise: false },
  { kind: 'squared hinge', standardise: true },
];

/** Points near which rounding of finite differences is small. */
const pointOf = (size: number, seed: number): Float64Array =>
  Float64Array.from({ length: size }, (_, at) => Math.sin(seed + 7 * at));

const nudged = (point: Float64Array, at: number, by: number): Float64Array =>
  point.map((value, each) => (each === at ? value + by : value));

const scaleOf = (numbers: ArrayLike<number>): number => 1 + Math.max(...Array.from(numbers, Math.abs));

test.each(objectives)(
  'the gradient is the slope of the objective: $kind, standardised $standardise',
  ({ kind, standardise }) => {
    fc.assert(
      fc.property(trainingSets(), fc.nat({ max: 1000 }), (set, seed) => {
        const objective = objectiveOf(set, kind, standardise);
        const point = pointOf(objective.start.length, seed);
        const { gradient } = objective.evaluate(point);
        const slopes = Array.from(point, (_, at) => {
          const [up, down] = [STEP, -STEP].map((by) => objective.evaluate(nudged(point, at, by)).value);
          return ((up ?? 0) - (down ?? 0)) / (2 * STEP);
        });
        slopes.forEach((slope, at) => {
          expect(Math.abs(slope - (gradient[at] ?? 0)) / scaleOf(slopes)).toBeLessThan(
            kind === 'logistic' ? 1e-6 : ACROSS_THE_HINGE,
          );
        });
      }),
      { numRuns: 40 },
    );
  },
);

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

test('of the squared hinge, the Hessian times a vector is what the gradients of a quadratic differ by', () => {
  fc.assert(
    fc.property(trainingSets(), fc.boolean(), fc.nat({ max: 1000 }), (set, standardise, seed) => {
      const objective = objectiveOf(set, 'squared hinge', standardise);
      // Near coef = 0 all rows lack margin, and the objective is quadratic.
      const direction = pointOf(objective.start.length, seed).map((value) => value / 1000);
      const [here, there] = [
        objective.start,
        objective.start.map((value, at) => value + (direction[at] ?? 0)),
      ];
      const [from, to] = [objective.evaluate(here), objective.evaluate(there)];
      const product = from.multiplyHessian(direction);
      product.forEach((value, at) => {
        const difference = (to.gradient[at] ?? 0) - (from.gradient[at] ?? 0);
        expect(Math.abs(difference - value) / scaleOf(from.gradient)).toBeLessThan(1e-10);
      });
    }),
    { numRuns: 40 },
  );
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
