import { setImmediate } from 'node:timers/promises';
import { averagePrecision } from '../average-precision.js';
import { countPerClass } from '../class-scores.js';
import { confusionMatrix } from '../confusion-matrix.js';
import { predictClasses } from '../predict.js';
import { rankClass } from '../rank-class.js';
import { rocAuc } from '../roc.js';
import type { Interval } from './interval.js';
import { wilsonInterval } from './wilson-interval.js';

/** What one class of a split is like to tell from the rest. What the split cannot define is `null`. */
export interface ClassBreakdown {
  readonly class: string;
  /** Rows of the class. */
  readonly support: number;
  /** Rows predicted as it. */
  readonly predicted: number;
  /** `null` where nothing was predicted as it. */
  readonly precision: number | null;
  /** `null` without rows. */
  readonly recall: number | null;
  /** Wilson's 95 %; `null` without rows. */
  readonly recallInterval: Interval | null;
  /** `null` where there are neither rows of it nor predictions. */
  readonly f1: number | null;
  /** Against all others together; `null` where either side lacks rows. */
  readonly rocAuc: number | null;
  readonly averagePrecision: number | null;
  /** What its rows are most often taken for, of equals the first; `null` where none is taken for anything else. */
  readonly mostlyTakenFor: { readonly class: string; readonly rows: number } | null;
}

/**
 * Every class of a split, in the order of the ids; between two, others get their turn. Predictions are the most probable
 * class.
 *
 * `probabilities` is rows × classes, row-major; `labels` are class ids.
 */
export async function breakDownClasses(
  probabilities: Float64Array,
  labels: ArrayLike<number>,
  classes: readonly string[],
): Promise<ClassBreakdown[]> {
  const predicted = predictClasses(probabilities, classes.length);
  const confusion = confusionMatrix(labels, predicted, classes.length);
  const breakdowns: ClassBreakdown[] = [];
  for (const [id, counts] of countPerClass(labels, predicted, classes.length).entries()) {
    await setImmediate();
    const cuts = rankClass(probabilities, labels, classes.length, id);
    breakdowns.push({
      class: classes[id] ?? '',
      support: counts.support,
      predicted: counts.predicted,
      precision: divide(counts.hits, counts.predicted),
      recall: divide(counts.hits, counts.support),
      recallInterval: wilsonInterval(counts.hits, counts.support),
      f1: divide(2 * counts.hits, counts.support + counts.predicted),
      rocAuc: rocAuc(cuts),
      averagePrecision: averagePrecision(cuts),
      mostlyTakenFor: mostlyTakenFor(confusion[id] ?? [], id, classes),
    });
  }
  return breakdowns;
}

const divide = (a: number, b: number): number | null => (b === 0 ? null : a / b);

function mostlyTakenFor(
  predictions: readonly number[],
  id: number,
  classes: readonly string[],
): ClassBreakdown['mostlyTakenFor'] {
  const mistakes = predictions.map((rows, other) => (other === id ? 0 : rows));
  const rows = Math.max(...mistakes);
  return rows === 0 ? null : { class: classes[mistakes.indexOf(rows)] ?? '', rows };
}
