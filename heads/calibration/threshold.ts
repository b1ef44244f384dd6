import { BadInput } from '../../errors/graft-error.js';
import { type RankedCut, rankCuts } from '../ranking.js';

/** What a threshold shall achieve on validation. `least` is above 0 and at most 1. */
export type ThresholdAim =
  | { readonly aim: 'f1' }
  /** The highest recall with at least this precision. */
  | { readonly aim: 'precision'; readonly least: number }
  /** The highest precision with at least this recall. */
  | { readonly aim: 'recall'; readonly least: number };

/** What calling every row positive whose probability is at least `threshold` does. Fractions of nothing are `null`. */
export interface ThresholdMetrics {
  readonly threshold: number;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  readonly accuracy: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly trueNegatives: number;
}

/** Rows of a data set of two classes. */
export interface PositiveScores {
  /** Calibrated probability of the positive class, one per row. */
  readonly probabilities: ArrayLike<number>;
  /** Whether each row is of the positive class. */
  readonly positive: ArrayLike<boolean>;
}

/**
 * Chooses the probability from which a picture is called positive, by validation: one of the probabilities there, of
 * equally good ones the highest. Throws {@link BadInput} where validation lacks either class, `least` is no share, or no
 * threshold reaches the precision.
 */
export function chooseThreshold(validation: PositiveScores, aim: ThresholdAim): ThresholdMetrics {
  const cuts = rankCuts(validation.probabilities, validation.positive);
  const all = cuts.at(-1);
  if (all === undefined || all.truePositives === 0 || all.falsePositives === 0)
    throw new BadInput(
      'Choosing a threshold takes validation pictures of both classes, and those of one are missing: add them.',
    );
  if (aim.aim !== 'f1' && !(aim.least > 0 && aim.least <= 1))
    throw new BadInput(
      `A wanted ${aim.aim}: expected a number above 0 and at most 1, received ${aim.least}.`,
    );
  const { allowed, worth } = judge(aim, all);
  const best = cuts.filter(allowed).reduce<RankedCut | undefined>(
    // Cuts come highest threshold first.
    (found, cut) => (found === undefined || worth(cut) > worth(found) ? cut : found),
    undefined,
  );
  if (best === undefined) throw new BadInput(explainUnreachable(aim, cuts, all));
  return measureThreshold(validation, best.threshold);
}

/**
 * Measures a threshold on any split, apart from the split's metrics, which go by the most probable class.
 */
export function measureThreshold(rows: PositiveScores, threshold: number): ThresholdMetrics {
  const { probabilities, positive } = rows;
  const counts = { hit: 0, alarm: 0, miss: 0, rest: 0 };
  for (let row = 0; row < probabilities.length; row++) {
    const called = (probabilities[row] ?? Number.NaN) >= threshold;
    if (positive[row] === true) counts[called ? 'hit' : 'miss']++;
    else counts[called ? 'alarm' : 'rest']++;
  }
  const { hit, alarm, miss, rest } = counts;
  return {
    threshold,
    precision: divide(hit, hit + alarm),
    recall: divide(hit, hit + miss),
    f1: divide(2 * hit, 2 * hit + alarm + miss),
    accuracy: (hit + rest) / probabilities.length,
    truePositives: hit,
    falsePositives: alarm,
    falseNegatives: miss,
    trueNegatives: rest,
  };
}

const divide = (a: number, b: number): number | null => (b === 0 ? null : a / b);

const precisionOf = ({ truePositives, falsePositives }: RankedCut): number =>
  truePositives / (truePositives + falsePositives);

/** Which cuts will do, and what makes one of them better than another. */
function judge(aim: ThresholdAim, all: RankedCut) {
  switch (aim.aim) {
    case 'f1':
      return {
        allowed: () => true,
        worth: ({ truePositives, falsePositives }: RankedCut) =>
          (2 * truePositives) / (truePositives + falsePositives + all.truePositives),
      };
    case 'precision':
      return {
        allowed: (cut: RankedCut) => precisionOf(cut) >= aim.least,
        worth: (cut: RankedCut) => cut.truePositives,
      };
    case 'recall':
      return {
        allowed: (cut: RankedCut) => cut.truePositives / all.truePositives >= aim.least,
        worth: precisionOf,
      };
  }
}

/** Only a precision can be out of reach: calling every row positive recalls all. */
function explainUnreachable(aim: ThresholdAim, cuts: readonly RankedCut[], all: RankedCut): string {
  const wanted = aim.aim === 'f1' ? '' : ` of ${aim.least}`;
  const best = cuts.reduce((found, cut) => (precisionOf(cut) > precisionOf(found) ? cut : found), all);
  const recall = best.truePositives / all.truePositives;
  return `No threshold reaches a ${aim.aim}${wanted} on validation: the highest precision is ${precisionOf(best).toFixed(4)}, at recall ${recall.toFixed(4)}. Ask for less, or add pictures of the class that is mistaken for it.`;
}
