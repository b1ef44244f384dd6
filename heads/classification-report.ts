import {
  type ClassScores,
  countPerClass,
  macroAverage,
  microAverage,
  scoreCounts,
  weightedAverage,
} from './class-scores.js';
import { formatFixed } from './format-fixed.js';

export interface ClassificationReportInput {
  /** Class ids, one per row. */
  readonly labels: ArrayLike<number>;
  /** Predicted class ids, one per row. */
  readonly predicted: ArrayLike<number>;
  /** Names in the label encoder's order. */
  readonly classes: readonly string[];
  /** Ids of the classes to report on, in order. Default: all. */
  readonly only?: readonly number[];
  /** Digits after the point. Default 2, as in scikit-learn. */
  readonly digits?: number;
}

/**
 * The text of scikit-learn's `classification_report(labels, predicted, target_names=classes)`, character for character.
 * A fraction of nothing is 0. As there, a report on `only` some of the classes that occur says `micro avg` where one on
 * all of them says `accuracy`.
 */
export function classificationReport(input: ClassificationReportInput): string {
  const { labels, predicted, classes, digits = 2 } = input;
  const only = input.only ?? classes.map((_, id) => id);
  const counts = countPerClass(labels, predicted, classes.length);
  const chosen = counts.filter((_, id) => only.includes(id));
  const complete = counts.every((count, id) => count.support + count.predicted === 0 || only.includes(id));

  const named = only.map((id) => {
    const count = counts[id];
    const name = classes[id];
    if (count === undefined || name === undefined)
      throw new RangeError(`Class id ${id} does not exist: there are ${classes.length} classes.`);
    return { name, scores: scoreCounts(count) };
  });
  const scores = named.map((line) => line.scores);
  const micro = microAverage(chosen);

  const width = Math.max(...named.map(({ name }) => lengthOf(name)), LONGEST_AVERAGE.length, digits);
  const line = (name: string, of: ClassScores): string => printLine(name, of, width, digits);
  return [
    `${padStart('', width)}  ${COLUMNS.map((column) => padStart(column, COLUMN_WIDTH)).join(' ')}`,
    '',
    ...named.map(({ name, scores: of }) => line(name, of)),
    '',
    complete ? printAccuracy(micro, width, digits) : line('micro avg', micro),
    line('macro avg', macroAverage(scores)),
    line(LONGEST_AVERAGE, weightedAverage(scores)),
    '',
  ].join('\n');
}

const COLUMNS = ['precision', 'recall', 'f1-score', 'support'];
const COLUMN_WIDTH = 9;
const LONGEST_AVERAGE = 'weighted avg';

function printLine(name: string, scores: ClassScores, width: number, digits: number): string {
  const fractions = [scores.precision, scores.recall, scores.f1].map((value) => formatFixed(value, digits));
  const cells = [...fractions, String(scores.support)].map((cell) => padStart(cell, COLUMN_WIDTH));
  return `${padStart(name, width)}  ${cells.join(' ')}`;
}

/** The accuracy stands in the column of F1, which it is. */
function printAccuracy(micro: ClassScores, width: number, digits: number): string {
  const cells = ['', '', formatFixed(micro.f1, digits), String(micro.support)];
  return `${padStart('accuracy', width)}  ${cells.map((cell) => padStart(cell, COLUMN_WIDTH)).join(' ')}`;
}

/** Python counts code points where JavaScript counts UTF-16 units, so names with emoji would be padded differently. */
const lengthOf = (text: string): number => Array.from(text).length;
const padStart = (text: string, width: number): string =>
  ' '.repeat(Math.max(0, width - lengthOf(text))) + text;
