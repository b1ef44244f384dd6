import type { HeadKind } from '../head.js';
import { DECADES, MOST_MORE_DECADES } from './candidates.js';

/** A kind of head at one C, and how it did on validation. */
export interface Score {
  readonly kind: HeadKind;
  readonly C: number;
  /** k of C = 100 · 10^k / mean‖x − μ‖². */
  readonly decade: number;
  /** Mean log loss of the cross-fitted calibrated probabilities. */
  readonly logLoss: number;
}

/**
 * Losses that differ by a smaller share are equal: solvers stop at 1e-8, and rounding, which is another on every machine
 * and by every way to fit, shall not choose.
 */
const EQUAL = 1e-6;

/** Those whose loss is the least, or equal to it. */
export function contenders<Candidate extends Pick<Score, 'logLoss'>>(
  candidates: readonly Candidate[],
): Candidate[] {
  const least = Math.min(...candidates.map((candidate) => candidate.logLoss));
  return candidates.filter((candidate) => candidate.logLoss <= least * (1 + EQUAL));
}

/** The contender of the simplest kind (the first of `kinds`), of these with the smallest C; there must be candidates. */
export function pickBest<Candidate extends Score>(
  candidates: readonly Candidate[],
  kinds: readonly HeadKind[],
): Candidate {
  const [best] = contenders(candidates).sort(
    (a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || a.C - b.C,
  );
  if (best === undefined) throw new RangeError('Expected candidates to choose from, received none.');
  return best;
}

const LEAST_DECADE = Math.min(...DECADES) - MOST_MORE_DECADES;
const MOST_DECADE = Math.max(...DECADES) + MOST_MORE_DECADES;

/**
 * The next decade to try for one kind: beyond the end where the best candidate is. `undefined` where it lies between
 * others or is equal to one of them (loss has levelled off), and where the last decade allowed has been tried.
 */
export function nextDecade(ofKind: readonly Score[]): number | undefined {
  const [best, ...equals] = contenders(ofKind);
  if (best === undefined || equals.length > 0) return undefined;
  const decades = ofKind.map((candidate) => candidate.decade);
  if (best.decade === Math.min(...decades) && best.decade > LEAST_DECADE) return best.decade - 1;
  if (best.decade === Math.max(...decades) && best.decade < MOST_DECADE) return best.decade + 1;
  return undefined;
}

/** A sentence or three: which won, by how much over the other kinds, and what speaks for caution. */
export function explainChoice(
  winner: Score & { readonly converged: boolean },
  candidates: readonly Score[],
  kinds: readonly HeadKind[],
): string {
  const rivals = kinds
    .filter((kind) => kind !== winner.kind)
    .map((kind) =>
      pickBest(
        candidates.filter((candidate) => candidate.kind === kind),
        kinds,
      ),
    )
    .map((rival) => `; the best ${name(rival)} has ${rival.logLoss.toFixed(6)}`);
  const equals = contenders(candidates).length - 1;
  return [
    `The ${name(winner)} has the lowest cross-fitted calibrated log loss on validation of ${candidates.length} candidates, ${winner.logLoss.toFixed(6)}${rivals.join('')}.`,
    equals > 0 && `${equals} more did as well; of these the simplest head with the smallest C is taken.`,
    winner.decade === LEAST_DECADE && 'No smaller C was tried, and one might be better.',
    winner.decade === MOST_DECADE && 'No larger C was tried, and one might be better.',
    !winner.converged && 'Its solver stopped before it reached its tolerance.',
  ]
    .filter((sentence) => sentence !== false)
    .join(' ');
}

const name = ({ kind, C }: Score): string =>
  `${kind === 'linear-svm' ? 'linear SVM' : 'logistic regression'} with C = ${Number(C.toPrecision(4))}`;
