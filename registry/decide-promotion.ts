import type { Sha256 } from '../dataset/dataset.js';
import { BadInput } from '../errors/graft-error.js';
import { formatPercent, formatPoints } from '../report/numbers.js';
import type { Comparison } from './history-entry.js';

export type FailedChecks = readonly string[] | 'not looked at';

/** What the rule is given. */
export interface PromotionCase {
  readonly dataset: string;
  /** The challenger. */
  readonly model: Sha256;
  /** Of the champion; absent where the data set has none. */
  readonly champion?: Sha256;
  /** Sentences on data checks that failed, empty where all passed; or that nobody looked. */
  readonly failedChecks: FailedChecks;
  /** Why the model may not become the champion, in a sentence; absent where it may. */
  readonly notPromotable?: string;
  /** Absent without a champion. A sentence where the two cannot be compared. */
  readonly comparison?: Comparison | string;
  /** How often the same evaluation split has decided, this time included. Default 1. */
  readonly decisions?: number;
  /** How much worse than the champion a model may be: share of pictures, 0 to below 1. Default {@link MARGIN}. */
  readonly margin?: number;
}

/** What the rule says: become the champion, wait for somebody, never, or nothing, for it is the champion. */
export interface Verdict {
  readonly decision: 'promote' | 'wait' | 'refuse' | 'keep';
  /** A sentence with the numbers. */
  readonly reason: string;
  /** A sentence on what the numbers are worth, where that is little. */
  readonly warning?: string;
}

/** One point: what a model may lose against the champion, by the lower bound. */
export const MARGIN = 0.01;

/** Fewer pictures decide nothing. */
export const LEAST_ROWS = 30;

/** An evaluation split that decided more often says little. */
export const MOST_DECISIONS = 20;

/**
 * Decides whether a model becomes the champion.
 *
 * It does where data checks pass and there is no champion, or where the one-sided 95 % lower bound of its accuracy less the
 * champion's, on the same pictures, is above −margin: a test of non-inferiority. Else somebody is asked.
 *
 * @throws BadInput for a margin outside [0, 1).
 */
export function decidePromotion(given: PromotionCase): Verdict {
  const margin = checkMargin(given.margin ?? MARGIN);
  const warning = warnOfReuse(given.decisions ?? 1);
  const verdict = decide(given, margin);
  const isCompared = typeof given.comparison === 'object';
  return warning === undefined || !isCompared ? verdict : { ...verdict, warning };
}

function decide(given: PromotionCase, margin: number): Verdict {
  const { dataset, model, champion, failedChecks, notPromotable, comparison } = given;
  if (notPromotable !== undefined) return { decision: 'refuse', reason: notPromotable };
  if (champion === model) return { decision: 'keep', reason: `It is the champion of ${dataset} already.` };
  const areChecked = failedChecks !== 'not looked at';
  if (areChecked && failedChecks.length > 0) return wait(`Data checks failed: ${failedChecks.join(' ')}`);
  if (champion === undefined) {
    const passed = areChecked ? ', and its data checks passed' : '';
    return { decision: 'promote', reason: `It is the first model of ${dataset}${passed}.` };
  }
  if (comparison === undefined || typeof comparison === 'string')
    return wait(comparison ?? `It was not compared with the champion ${champion.slice(0, 12)}.`);
  return judge(comparison, margin);
}

function judge(comparison: Comparison, margin: number): Verdict {
  const { rows, lowerBound, seen, withoutFeature } = comparison;
  const numbers = describeComparison(comparison);
  if (rows < LEAST_ROWS)
    return wait(
      `Only ${rows} evaluation pictures are left that neither model knows (${seen} known, ${withoutFeature} without a feature), fewer than ${LEAST_ROWS}.`,
    );
  if (lowerBound === null) return wait(`${numbers}, but the difference has no lower bound.`);
  const bound = `the difference is at least ${formatPoints(lowerBound)} points (one-sided 95 %)`;
  if (lowerBound > -margin)
    return {
      decision: 'promote',
      reason: `${numbers}: ${bound}, above the ${formatPoints(-margin)} allowed.`,
    };
  return wait(`${numbers}: ${bound} and may be ${formatPoints(-margin)} or worse.`);
}

/** `99.1 % right against 98.9 % on 990 pictures, 5 right with it alone and 3 with the champion alone`. */
export function describeComparison(comparison: Comparison): string {
  const { rows, championAccuracy, challengerAccuracy, onlyChampion, onlyChallenger } = comparison;
  return (
    `${formatPercent(challengerAccuracy)} right against ${formatPercent(championAccuracy)} on ${rows} pictures, ` +
    `${onlyChallenger} right with it alone and ${onlyChampion} with the champion alone`
  );
}

function warnOfReuse(decisions: number): string | undefined {
  if (decisions <= MOST_DECISIONS) return undefined;
  return (
    `This evaluation split has decided ${decisions} times, more than ${MOST_DECISIONS}: the more often it decides, the ` +
    'less it says about new pictures. Add new ones to it.'
  );
}

function checkMargin(margin: number): number {
  if (margin >= 0 && margin < 1) return margin;
  throw new BadInput(
    `Expected a margin from 0 to below 1 (0.01 is one point of accuracy), received ${margin}.`,
  );
}

const wait = (reason: string): Verdict => ({ decision: 'wait', reason });
