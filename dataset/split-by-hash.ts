import { createHash } from 'node:crypto';
import { BadInput } from '../errors/graft-error.js';
import { type Sha256, SPLITS, type SplitName } from './dataset.js';

/** Share of each split; together 1. */
export type SplitFractions = Readonly<Record<SplitName, number>>;

export interface SplitSettings {
  /** Another seed gives another split. Default 0. */
  readonly seed: number;
  /** Default 0.7, 0.15 and 0.15. */
  readonly fractions: SplitFractions;
}

export const DEFAULT_SPLIT: SplitSettings = {
  seed: 0,
  fractions: { training: 0.7, validation: 0.15, evaluation: 0.15 },
};

/**
 * The split of a picture by the hash of (seed, its bytes): it depends on nothing else, so that adding or removing
 * pictures moves no other, and identical pictures never lie in two splits.
 */
export function splitByHash(sha256: Sha256, { seed, fractions }: SplitSettings): SplitName {
  const BITS = 48;
  const position =
    createHash('sha256')
      .update(`${seed}:${sha256}`)
      .digest()
      .readUIntBE(0, BITS / 8) /
    2 ** BITS;
  if (position < fractions.training) return 'training';
  return position < fractions.training + fractions.validation ? 'validation' : 'evaluation';
}

/** Throws {@link BadInput} unless every share is above 0 and they make 1. */
export function assertFractions(fractions: SplitFractions): void {
  const shares = SPLITS.map((split) => fractions[split]);
  const sum = shares.reduce((total, share) => total + share, 0);
  if (shares.every((share) => share > 0) && Math.abs(sum - 1) < 1e-9) return;
  throw new BadInput(
    `The fractions of training, validation and evaluation are ${shares.join(', ')}; expected three numbers above 0 that make 1.`,
  );
}
