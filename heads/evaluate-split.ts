import { setImmediate } from 'node:timers/promises';
import { BadInput } from '../errors/graft-error.js';
import { accuracy } from './accuracy.js';
import { averagePrecision } from './average-precision.js';
import { classificationReport } from './classification-report.js';
import { confusionMatrix } from './confusion-matrix.js';
import { logLoss } from './log-loss.js';
import type { SplitMetrics } from './metrics.js';
import { predictClasses } from './predict.js';
import { rankClass } from './rank-class.js';
import { rocAuc } from './roc.js';

export interface EvaluateSplitInput {
  /** Rows × classes, row-major: what `predictProbabilities` returns. */
  readonly probabilities: Float64Array;
  /** Class ids, one per row. */
  readonly labels: ArrayLike<number>;
  /** In the label encoder's order. */
  readonly classes: readonly string[];
  /** The class that the binary metrics are about; one of `classes`. */
  readonly positive: string;
}

const REPORT_DIGITS = 4;

/**
 * Measures a head on one split, class by class, between which others get their turn. A class without rows in the split is
 * no error: what it leaves undefined is `null`. Rejects with {@link BadInput} for a split without rows, shapes that do not
 * agree, and labels or a positive class that are none of `classes`.
 */
export async function evaluateSplit(input: EvaluateSplitInput): Promise<SplitMetrics> {
  checkShapes(input);
  const { probabilities, labels, classes } = input;
  const predicted = predictClasses(probabilities, classes.length);
  const confusion = confusionMatrix(labels, predicted, classes.length);
  return {
    accuracy: accuracy(labels, predicted),
    ...(await measureRankings(input)),
    logLoss: logLoss(probabilities, labels, classes.length),
    confusion,
    support: confusion.map((row) => row.reduce((sum, count) => sum + count, 0)),
    report: classificationReport({ labels, predicted, classes, digits: REPORT_DIGITS }),
  };
}

/** Of the positive class alone where there are two; else the means over all, each against the rest. */
async function measureRankings({
  probabilities,
  labels,
  classes,
  positive,
}: EvaluateSplitInput): Promise<Pick<SplitMetrics, 'rocAuc' | 'averagePrecision'>> {
  const ids = classes.length === 2 ? [classes.indexOf(positive)] : classes.map((_, id) => id);
  const areas: (number | null)[] = [];
  const precisions: (number | null)[] = [];
  for (const id of ids) {
    await setImmediate();
    const cuts = rankClass(probabilities, labels, classes.length, id);
    areas.push(rocAuc(cuts));
    precisions.push(averagePrecision(cuts));
  }
  return { rocAuc: meanOf(areas), averagePrecision: meanOf(precisions) };
}

/** `null` where one of them is not defined. */
function meanOf(values: readonly (number | null)[]): number | null {
  const defined = values.filter((value) => value !== null);
  if (defined.length < values.length) return null;
  return defined.reduce((sum, value) => sum + value, 0) / defined.length;
}

function checkShapes({ probabilities, labels, classes, positive }: EvaluateSplitInput): void {
  if (labels.length === 0)
    throw new BadInput('The split to evaluate has no rows: give it at least one labelled picture.');
  if (probabilities.length !== labels.length * classes.length)
    throw new BadInput(
      `Expected ${labels.length} × ${classes.length} probabilities (rows × classes), received ${probabilities.length}.`,
    );
  if (!classes.includes(positive))
    throw new BadInput(
      `The positive class ${JSON.stringify(positive)} is none of the classes ${JSON.stringify(classes)}.`,
    );
  const stray = Array.from(labels).findIndex((label) => classes[label] === undefined);
  if (stray !== -1)
    throw new BadInput(
      `Row ${stray} has class id ${labels[stray] ?? 'none'}: expected a whole number from 0 to ${classes.length - 1}.`,
    );
}
