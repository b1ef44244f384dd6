import { confusionMatrix } from './confusion-matrix.js';

/** One line of a classification report: fractions from 0 to 1, and how many rows it is about. */
export interface ClassScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly support: number;
}

/** Rows of a class, rows predicted as it, and rows that are both. */
export interface ClassCounts {
  readonly hits: number;
  readonly predicted: number;
  readonly support: number;
}

/** Counts of every class, in the order of the ids. */
export function countPerClass(
  labels: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classCount: number,
): ClassCounts[] {
  const confusion = confusionMatrix(labels, predicted, classCount);
  return confusion.map((ofClass, id) => ({
    hits: ofClass[id] ?? 0,
    predicted: sum(confusion.map((row) => row[id] ?? 0)),
    support: sum(ofClass),
  }));
}

/** Precision, recall and F1 of some counts; a fraction of nothing is 0, as scikit-learn's `zero_division` has it. */
export const scoreCounts = ({ hits, predicted, support }: ClassCounts): ClassScores => ({
  precision: divide(hits, predicted),
  recall: divide(hits, support),
  f1: divide(2 * hits, support + predicted),
  support,
});

/** All classes thrown together. Over every class of single-label data its F1 is the accuracy. */
export const microAverage = (counts: readonly ClassCounts[]): ClassScores =>
  scoreCounts({
    hits: sum(counts.map((count) => count.hits)),
    predicted: sum(counts.map((count) => count.predicted)),
    support: sum(counts.map((count) => count.support)),
  });

/** Every class counts the same. */
export const macroAverage = (scores: readonly ClassScores[]): ClassScores =>
  average(
    scores,
    scores.map(() => 1),
  );

/** Every class counts by its support. */
export const weightedAverage = (scores: readonly ClassScores[]): ClassScores =>
  average(
    scores,
    scores.map((score) => score.support),
  );

function average(scores: readonly ClassScores[], weights: readonly number[]): ClassScores {
  const mean = (values: readonly number[]): number =>
    divide(sum(values.map((value, at) => value * (weights[at] ?? 0))), sum(weights));
  return {
    precision: mean(scores.map((score) => score.precision)),
    recall: mean(scores.map((score) => score.recall)),
    f1: mean(scores.map((score) => score.f1)),
    support: sum(scores.map((score) => score.support)),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const divide = (a: number, b: number): number => (b === 0 ? 0 : a / b);
