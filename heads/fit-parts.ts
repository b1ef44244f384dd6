import { classPriors, startFromPriors } from './class-priors.js';
import { classWeights } from './class-weights.js';
import type { Convergence, Head, HeadKind, HeadSettings } from './head.js';
import { logisticLoss } from './logistic-loss.js';
import type { Loss } from './loss.js';
import type { ObjectiveStart } from './regularised-objective.js';
import { softmaxLoss } from './softmax-loss.js';
import { squaredHingeLoss } from './squared-hinge-loss.js';

/** One minimum that a head is made of: logistic regression is one, a support vector machine one per class told apart. */
export interface FitPart {
  readonly loss: Loss;
  /** C · weight, one per row: what the row's loss counts. */
  readonly rowCosts: Float64Array;
  /** Of a solver whose columns are centred. */
  readonly start: ObjectiveStart;
  /** 0 leaves intercepts free, 1 adds `½ intercept²`. */
  readonly interceptPenalty: 0 | 1;
}

/** What a solver makes of a part; `coef` and `intercept` are of the features as they are. */
export interface FittedPart {
  readonly coef: readonly Float64Array[];
  readonly intercept: readonly number[];
  readonly convergence: Convergence;
}

/** What is to be minimised for a head of that kind, as `fitLogisticRegression` and `fitLinearSvm` do. */
export function planFit(
  kind: HeadKind,
  labels: ArrayLike<number>,
  classCount: number,
  settings: HeadSettings,
): FitPart[] {
  const weights = classWeights(settings.classWeight, labels, classCount);
  const costsBy = (weightOf: (label: number) => number): Float64Array =>
    Float64Array.from(labels, (label) => settings.C * weightOf(label));
  if (kind === 'logistic-regression') {
    const rowCosts = costsBy((label) => weights[label] ?? 0);
    const start = startFromPriors(classPriors(labels, rowCosts, classCount));
    const loss = classCount === 2 ? logisticLoss : softmaxLoss(classCount);
    return [{ loss, rowCosts, start, interceptPenalty: 0 }];
  }
  if (classCount === 2)
    return [
      planMachine(
        1,
        labels,
        costsBy((label) => weights[label] ?? 0),
      ),
    ];
  return Array.from(weights, (weight, positive) =>
    planMachine(
      positive,
      labels,
      // liblinear weighs the one class alone; the rest counts 1.
      costsBy((label) => (label === positive ? weight : 1)),
    ),
  );
}

function planMachine(positive: number, labels: ArrayLike<number>, rowCosts: Float64Array): FitPart {
  let total = 0;
  let balance = 0;
  rowCosts.forEach((cost, row) => {
    total += cost;
    balance += labels[row] === positive ? cost : -cost;
  });
  // The minimum over models that do not look at the features: all rows are within their margins there.
  const intercept = (2 * balance) / (1 + 2 * total);
  return {
    loss: squaredHingeLoss(positive),
    rowCosts,
    start: { intercepts: Float64Array.of(intercept), curvature: 2 },
    interceptPenalty: 1,
  };
}

/** Makes the head of its parts. Multinomial intercepts are centred: softmax does not feel a shift common to all. */
export function assembleHead(
  kind: HeadKind,
  classes: readonly string[],
  settings: HeadSettings,
  parts: readonly FittedPart[],
): Head {
  const intercept = parts.flatMap((part) => part.intercept);
  const isMultinomial = kind === 'logistic-regression' && intercept.length > 1;
  const mean = isMultinomial ? intercept.reduce((sum, value) => sum + value, 0) / intercept.length : 0;
  const convergences = parts.map((part) => part.convergence);
  return {
    kind,
    classes: [...classes],
    coef: parts.flatMap((part) => part.coef),
    intercept: intercept.map((value) => value - mean),
    settings: { ...settings },
    convergence: {
      converged: convergences.every(({ converged }) => converged),
      iterations: convergences.reduce((sum, { iterations }) => sum + iterations, 0),
      gradientNorm: Math.max(...convergences.map(({ gradientNorm }) => gradientNorm)),
      objective: convergences.reduce((sum, { objective }) => sum + objective, 0),
    },
  };
}
