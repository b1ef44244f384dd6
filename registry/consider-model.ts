import type { Sha256 } from '../dataset/dataset.js';
import { GraftError } from '../errors/graft-error.js';
import { type ComparedModel, type ComparisonDeps, compareModels } from './compare-models.js';
import { type FailedChecks, type Verdict, decidePromotion } from './decide-promotion.js';
import { countDecisions, counts, recordDecision } from './decisions.js';
import type { Comparison } from './history-entry.js';
import { type ModelLineage, readLineage } from './read-lineage.js';

/** A model that may become the champion. */
export interface Challenger extends ComparedModel {
  readonly dataset: string;
  readonly backbone: string;
  /** The run that trained it. */
  readonly runId: string;
}

/** What a model is judged by besides its predictions. */
export interface Judging {
  /** Current version of the data set: its evaluation split judges. */
  readonly version: Sha256;
  /** Sentences on data checks that failed, empty where all passed; or that nobody looked. */
  readonly failedChecks: FailedChecks;
  /** Near duplicates of each other, by hash. Default: none are known. */
  readonly groups?: readonly (readonly Sha256[])[];
  /** Labels of the evaluation split that people have corrected. */
  readonly editedLabels?: number;
  /** How much worse than the champion a model may be, as a share of pictures. Default 0.01. */
  readonly margin?: number;
}

export interface RegistryDeps extends ComparisonDeps {
  /** Why a model on this backbone may not become the champion, in a sentence; `undefined` where it may. */
  readonly explainRefusal: (
    made: Pick<ModelLineage, 'backbone' | 'fingerprint'>,
  ) => Promise<string | undefined>;
  /** Default: the clock. */
  readonly now?: () => Date;
  /** How long after its writing an entry is read once more, in ms. Default: what the store needs. */
  readonly settleMs?: number;
}

/** What the rule says of a model, and by what. */
export interface Considered {
  readonly verdict: Verdict;
  /** With the champion; absent where there is none, or where the two cannot be compared. */
  readonly comparison?: Comparison;
}

/**
 * Asks the rule about a model, and writes down that the evaluation split was used for it.
 *
 * @param champion that has to be beaten.
 */
export async function considerModel(
  deps: RegistryDeps,
  challenger: Challenger,
  champion: Sha256 | undefined,
  judging: Judging,
): Promise<Considered> {
  const considered = await judgeModel(deps, challenger, champion, judging);
  const { comparison, verdict } = considered;
  if (comparison === undefined || !counts(comparison)) return considered;
  const { dataset, runId } = challenger;
  await recordDecision(deps.store, { dataset, comparison, verdict, runId, at: timeOf(deps) });
  return considered;
}

/** What the rule would say of a model; writes nothing, so that it counts as no use of the evaluation split. */
export async function judgeModel(
  deps: RegistryDeps,
  challenger: Challenger,
  champion: Sha256 | undefined,
  judging: Judging,
): Promise<Considered> {
  const { dataset, model } = challenger;
  const { failedChecks, margin } = judging;
  const notPromotable = await deps.explainRefusal(challenger);
  const isOpen = notPromotable === undefined && champion !== undefined && champion !== model;
  const comparison = isOpen ? await compareWith(deps, challenger, champion, judging) : undefined;
  const compared = typeof comparison === 'object' ? comparison : undefined;
  const used = compared !== undefined && counts(compared) ? compared : undefined;
  const decisions = used && (await countDecisions(deps.store, dataset, used));
  const verdict = decidePromotion({
    ...{ dataset, model, failedChecks },
    ...(champion !== undefined && { champion }),
    ...(notPromotable !== undefined && { notPromotable }),
    ...(comparison !== undefined && { comparison }),
    ...(decisions !== undefined && { decisions }),
    ...(margin !== undefined && { margin }),
  });
  return { verdict, ...(compared !== undefined && { comparison: compared }) };
}

/** The comparison, or a sentence on why there is none: what is wrong with a former model must not fail a later run. */
async function compareWith(
  deps: RegistryDeps,
  challenger: Challenger,
  champion: Sha256,
  { version, groups, editedLabels }: Judging,
): Promise<Comparison | string> {
  const { dataset } = challenger;
  try {
    const lineage = await readLineage(deps.store, champion);
    return await compareModels(deps, {
      ...{ dataset, version, challenger, champion: { ...lineage, model: champion } },
      ...(groups !== undefined && { groups }),
      ...(editedLabels !== undefined && { editedLabels }),
    });
  } catch (error) {
    if (!(error instanceof GraftError) || error.retryable) throw error;
    return `It cannot be compared with the champion ${champion.slice(0, 12)}: ${error.message}`;
  }
}

/** ISO 8601, UTC. */
export const timeOf = ({ now = () => new Date() }: Pick<RegistryDeps, 'now'>): string => now().toISOString();
