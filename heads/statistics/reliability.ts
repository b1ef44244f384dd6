import { predictClasses } from '../predict.js';

/** The rows whose stated probability falls into (`from`, `to`], and how often what was stated came true. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** Mean stated probability; `null` without rows. */
  readonly stated: number | null;
  /** Share of the rows for which it came true; `null` without rows. */
  readonly observed: number | null;
}

/** As in Guo et al. */
export const BINS = 15;

/**
 * Sorts rows into bins of equal width, for a reliability plot. Bins are open below and closed above, 0 falls into the
 * first, as in C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, “On calibration of modern neural networks” (ICML 2017).
 *
 * `stated` are probabilities, one per row; `cameTrue` whether each did.
 */
export function reliabilityBins(
  stated: ArrayLike<number>,
  cameTrue: ArrayLike<boolean>,
  bins = BINS,
): ReliabilityBin[] {
  const totals = Array.from({ length: bins }, () => ({ rows: 0, stated: 0, hits: 0 }));
  for (let row = 0; row < stated.length; row++) {
    const probability = stated[row] ?? Number.NaN;
    const total = totals[binOf(probability, bins)];
    if (total === undefined)
      throw new RangeError(`Row ${row}: expected a probability from 0 to 1, received ${probability}.`);
    total.rows++;
    total.stated += probability;
    if (cameTrue[row] === true) total.hits++;
  }
  return totals.map(({ rows, stated: sum, hits }, at) => ({
    from: at / bins,
    to: (at + 1) / bins,
    rows,
    stated: rows === 0 ? null : sum / rows,
    observed: rows === 0 ? null : hits / rows,
  }));
}

/** −1 for what is no probability. */
function binOf(probability: number, bins: number): number {
  if (!(probability >= 0 && probability <= 1)) return -1;
  const guess = Math.max(0, Math.ceil(probability * bins) - 1);
  // The product is rounded: what lies on an edge may come out beyond it.
  if (guess > 0 && probability <= guess / bins) return guess - 1;
  return probability > (guess + 1) / bins ? guess + 1 : guess;
}

/** Mean distance between stated and observed, each bin counting by its rows; `NaN` where all are empty. */
export function expectedCalibrationError(bins: readonly ReliabilityBin[]): number {
  const rows = bins.reduce((sum, bin) => sum + bin.rows, 0);
  const gap = (bin: ReliabilityBin): number => Math.abs((bin.stated ?? 0) - (bin.observed ?? 0));
  return bins.reduce((sum, bin) => sum + (bin.rows / rows) * gap(bin), 0);
}

/** How far probabilities can be taken at their word. */
export interface Reliability {
  /** Expected calibration error of the confidences, 0 to 1. */
  readonly ece: number;
  /** Of the confidence, the probability of the predicted class. */
  readonly bins: readonly ReliabilityBin[];
}

/**
 * The expected calibration error and its 15 bins, of the confidence (the largest probability of a row) against the share
 * of right predictions, for two classes as for more: Guo et al.'s definition. Two classes' confidences are at least ½,
 * so half of the bins stay empty; {@link classReliability} of the positive class fills them all.
 *
 * `probabilities` is rows × classes, row-major; `labels` are class ids. There must be rows.
 */
export function confidenceReliability(
  probabilities: Float64Array,
  labels: ArrayLike<number>,
  classCount: number,
): Reliability {
  const predicted = predictClasses(probabilities, classCount);
  const confidences = Float64Array.from(predicted, (id, row) => probabilities[row * classCount + id] ?? 0);
  const bins = reliabilityBins(
    confidences,
    Array.from(predicted, (id, row) => labels[row] === id),
  );
  return { ece: expectedCalibrationError(bins), bins };
}

/** The same of one class's probability against the share of rows that are of it: the curve of forecasters. */
export function classReliability(
  probabilities: Float64Array,
  labels: ArrayLike<number>,
  classCount: number,
  id: number,
): Reliability {
  const stated = Float64Array.from(labels, (_, row) => probabilities[row * classCount + id] ?? 0);
  const bins = reliabilityBins(
    stated,
    Array.from(labels, (label) => label === id),
  );
  return { ece: expectedCalibrationError(bins), bins };
}
