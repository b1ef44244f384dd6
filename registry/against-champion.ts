import type { Sha256 } from '../dataset/dataset.js';
import { mcnemarExact } from '../heads/statistics/mcnemar.js';
import { findChampion } from './champion.js';
import { outcomesOf } from './compare-models.js';
import {
  type Challenger,
  type Considered,
  type Judging,
  type RegistryDeps,
  judgeModel,
} from './consider-model.js';
import { HistoryDamaged } from './history-entry.js';

/** How a model does beside the champion, for people: it decides nothing. */
export interface AgainstChampion extends Considered {
  /** The champion; absent where the data set has none, or where nobody can tell which it is. */
  readonly champion?: Sha256;
  /** Two-sided p value of McNemar's exact test on the pictures of `comparison`; absent where it has none. */
  readonly mcnemar?: number;
}

/** Compares a model with the champion of its data set and asks the rule, without writing any of it down. */
export async function compareWithChampion(
  deps: RegistryDeps,
  challenger: Challenger,
  judging: Judging,
): Promise<AgainstChampion> {
  let champion: Sha256 | undefined;
  try {
    champion = (await findChampion(deps.store, challenger.dataset))?.model;
  } catch (error) {
    if (!(error instanceof HistoryDamaged)) throw error;
    return { verdict: { decision: 'wait', reason: error.message } };
  }
  const judged = await judgeModel(deps, challenger, champion, judging);
  const { comparison } = judged;
  return {
    ...judged,
    ...(champion !== undefined && { champion }),
    ...(comparison !== undefined && comparison.rows > 0 && { mcnemar: mcnemarExact(outcomesOf(comparison)) }),
  };
}
