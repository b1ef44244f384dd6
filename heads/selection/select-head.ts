import { BadInput } from '../../errors/graft-error.js';
import { accuracy } from '../accuracy.js';
import type { Calibrator } from '../calibration/calibrator.js';
import { FOLDS, checkValidation, crossFit } from '../calibration/cross-fit.js';
import { fitCalibrator } from '../calibration/fit-calibrator.js';
import type { Convergence, HeadKind } from '../head.js';
import { predictClasses } from '../predict.js';
import { DECADES, candidateC, checkSpread } from './candidates.js';
import { type Score, contenders, explainChoice, nextDecade, pickBest } from './compare-candidates.js';

/** All that selection asks of a head, whoever fitted it. */
export interface FittedHead {
  readonly convergence: Pick<Convergence, 'converged'>;
}

/**
 * What selection works with. The evaluation split is no part of it: nothing here could look at it.
 *
 * The heads are fitted outside, on the training split alone, and scored outside, on the validation split, so that any
 * way to fit (one head at a time, all from one Gram matrix, streamed) can be used.
 */
export interface SelectionInput<Fitted extends FittedHead> {
  /** Kinds to try, the simplest first: of equally good ones the first wins. */
  readonly kinds: readonly HeadKind[];
  /** mean‖x − μ‖² of the training rows: {@link spreadOf}. */
  readonly spread: number;
  /** Fits on training. Called once for a candidate, one after the other, first with C ascending. */
  readonly fit: (kind: HeadKind, C: number) => Fitted | Promise<Fitted>;
  /** Decision values on validation, rows × outputs. */
  readonly score: (head: Fitted) => Float64Array | Promise<Float64Array>;
  readonly validation: {
    /** Class ids, one per row. */
    readonly labels: ArrayLike<number>;
    /** In the label encoder's order. */
    readonly classes: readonly string[];
  };
  /** Of the deal into folds, the same for every candidate. Default 0. */
  readonly seed?: number;
}

/** A line of the report's table. */
export interface Candidate extends Score {
  /** Share of validation that the cross-fitted probabilities predict right; informs no choice. */
  readonly accuracy: number;
  /** Whether the solver reached its tolerance. */
  readonly converged: boolean;
}

export interface Selection<Fitted> {
  /** By kind in the order given, then by C. */
  readonly candidates: readonly Candidate[];
  readonly winner: Candidate;
  /** The winner as it was fitted: on training only. */
  readonly head: Fitted;
  /** Fitted on all of validation. */
  readonly calibrator: Calibrator;
  /** Which won and why, in words. */
  readonly reason: string;
  readonly spread: number;
  readonly folds: number;
  readonly seed: number;
}

/** A candidate with what is needed of it should it win. */
interface Tried<Fitted> extends Candidate {
  readonly head: Fitted;
  readonly decisionValues: Float64Array;
}

/**
 * Chooses the kind of head and its C by the calibrated log loss on validation, cross-fitted in 5 folds. Every kind is
 * tried at C = 100 · 10^k / mean‖x − μ‖², k = −4 … 4, and at up to 4 more decades at either end while its best is there.
 * Of candidates that are equal to 1e-6 of their loss the simplest kind and then the smallest C wins. No head is fitted
 * again on validation; only the winner's calibrator is.
 *
 * Throws {@link BadInput} before any fit where the spread, the kinds or validation do not allow a choice.
 */
export async function selectHead<Fitted extends FittedHead>(
  input: SelectionInput<Fitted>,
): Promise<Selection<Fitted>> {
  const { kinds, spread, validation, seed = 0 } = input;
  checkSpread(spread);
  checkKinds(kinds);
  checkValidation(validation, FOLDS);
  const candidates: Candidate[] = [];
  // Heads can be large: only those that may still win are kept.
  let kept: Tried<Fitted>[] = [];
  for (const kind of kinds) {
    const ofKind: Candidate[] = [];
    for (const decade of decadesToTry(ofKind)) {
      const tried = await tryCandidate(input, kind, decade);
      ofKind.push(lineOf(tried));
      kept = contenders([...kept, tried]);
    }
    candidates.push(...ofKind.sort((a, b) => a.decade - b.decade));
  }
  const best = pickBest(kept, kinds);
  const { head, decisionValues } = best;
  const winner = lineOf(best);
  return {
    candidates,
    winner,
    head,
    calibrator: fitCalibrator({ ...validation, head: winner.kind, decisionValues }),
    reason: explainChoice(winner, candidates, kinds),
    spread,
    folds: FOLDS,
    seed,
  };
}

/** The decades of every selection, then those that the results so far, which the caller adds meanwhile, ask for. */
function* decadesToTry(ofKind: readonly Candidate[]): Generator<number, void> {
  yield* DECADES;
  for (let next = nextDecade(ofKind); next !== undefined; next = nextDecade(ofKind)) yield next;
}

async function tryCandidate<Fitted extends FittedHead>(
  { fit, score, spread, validation, seed = 0 }: SelectionInput<Fitted>,
  kind: HeadKind,
  decade: number,
): Promise<Tried<Fitted>> {
  const C = candidateC(decade, spread);
  const head = await fit(kind, C);
  const decisionValues = await score(head);
  const { labels, classes } = validation;
  const { probabilities, logLoss } = crossFit({ head: kind, decisionValues, labels, classes }, { seed });
  return {
    kind,
    C,
    decade,
    logLoss,
    accuracy: accuracy(labels, predictClasses(probabilities, classes.length)),
    converged: head.convergence.converged,
    head,
    decisionValues,
  };
}

const lineOf = ({ kind, C, decade, logLoss, accuracy: share, converged }: Candidate): Candidate => ({
  kind,
  C,
  decade,
  logLoss,
  accuracy: share,
  converged,
});

function checkKinds(kinds: readonly HeadKind[]): void {
  if (kinds.length === 0 || new Set(kinds).size < kinds.length)
    throw new BadInput(
      `Choosing a head: expected kinds to try, each once, received ${JSON.stringify(kinds)}.`,
    );
}
