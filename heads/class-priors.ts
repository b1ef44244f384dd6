import type { ObjectiveStart } from './regularised-objective.js';

/**
 * The share of the weighted rows that each score of logistic regression is about: of class 1 where there are two
 * classes, else of every class. `labels` are class ids and `rowWeights` their weights, one per row.
 */
export function classPriors(
  labels: ArrayLike<number>,
  rowWeights: Float64Array,
  classCount: number,
): Float64Array {
  const total = sum(rowWeights);
  const scored = classCount === 2 ? [1] : Array.from({ length: classCount }, (_, id) => id);
  return Float64Array.from(
    scored,
    (id) => sum(rowWeights.filter((_weight, row) => labels[row] === id)) / total,
  );
}

/**
 * Where logistic regression starts: the intercepts of the minimum over models that do not look at the features are the
 * log odds, or log shares, of the classes. Each prior is > 0 and < 1.
 */
export const startFromPriors = (priors: Float64Array): ObjectiveStart => ({
  intercepts:
    priors.length === 1 ? priors.map((prior) => Math.log(prior / (1 - prior))) : priors.map(Math.log),
  curvature: sum(priors.map((prior) => prior * (1 - prior))) / priors.length,
});

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
