import { BadInput } from '../errors/graft-error.js';
import { keys } from '../storage/keys.js';
import type { Challenger, Considered, Judging, RegistryDeps } from './consider-model.js';
import { considerModel, timeOf } from './consider-model.js';
import { type Decided, appendEntry } from './history.js';
import type { EntryDraft, HistoryEntry } from './history-entry.js';

/** What the rule says of a model; with its entry where it became the champion. */
export interface PolicyOutcome extends Considered {
  readonly entry?: HistoryEntry;
}

/** Who promotes a model by hand, and why. */
export interface Handed {
  readonly by: 'approve' | 'cli';
  /** Default `by hand`. */
  readonly reason?: string;
}

/**
 * Makes a run's model the champion where the rule says so; else nothing changes, and the verdict says whether somebody has
 * to be asked (`wait`).
 *
 * May run twice: an entry that the run has already is given again, even where another champion came after it. Where
 * somebody else promotes meanwhile, the model is compared with that one.
 */
export async function promoteByPolicy(
  deps: RegistryDeps,
  challenger: Challenger,
  judging: Judging,
): Promise<PolicyOutcome> {
  const { dataset, model, runId } = challenger;
  const { decided, entry } = await appendEntry(deps.store, dataset, decide, deps);
  return entry === undefined ? decided.outcome : { ...decided.outcome, entry };

  async function decide(
    history: readonly HistoryEntry[],
  ): Promise<Decided & { readonly outcome: PolicyOutcome }> {
    const own = history.find(
      (each) => each.kind === 'promoted' && each.runId === runId && each.model === model,
    );
    if (own !== undefined) return { outcome: recall(own) };
    const outcome = await considerModel(deps, challenger, history.at(-1)?.model, judging);
    const { decision, reason } = outcome.verdict;
    if (decision !== 'promote') return { outcome };
    return { outcome, draft: draftOf(deps, challenger, history, outcome, { by: 'policy', reason }) };
  }
}

const recall = (entry: HistoryEntry): PolicyOutcome => ({
  verdict: { decision: 'promote', reason: entry.reason },
  ...(entry.comparison !== undefined && { comparison: entry.comparison }),
  entry,
});

/**
 * Makes a model the champion because somebody says so; `verdict` is what the rule would have said.
 *
 * @throws BadInput for a model that never may, one that is the champion already (unless it is approved: then that entry is
 *   given), and one that is gone from the store. Nothing changes then.
 */
export async function promoteByHand(
  deps: RegistryDeps,
  challenger: Challenger,
  judging: Judging,
  { by, reason = 'by hand' }: Handed,
): Promise<Considered & { readonly entry: HistoryEntry }> {
  const { dataset, model } = challenger;
  const refusal = await deps.explainRefusal(challenger);
  if (refusal !== undefined)
    throw new BadInput(`The model ${name(challenger)} may not be promoted: ${refusal}`);
  await assertInStore(deps, model);
  const { decided, entry } = await appendEntry(deps.store, dataset, decide, deps);
  const made = entry ?? decided.there;
  if (made === undefined) throw new Error('promoting by hand ends with an entry');
  return { ...decided.considered, entry: made };

  async function decide(
    history: readonly HistoryEntry[],
  ): Promise<Decided & { readonly considered: Considered; readonly there?: HistoryEntry }> {
    const considered = await considerModel(deps, challenger, history.at(-1)?.model, judging);
    const there = by === 'approve' ? findApproved(history, challenger) : undefined;
    if (there !== undefined) return { considered, there };
    if (history.at(-1)?.model === model)
      throw new BadInput(`The model ${name(challenger)} is the champion of ${dataset} already.`);
    return { considered, draft: draftOf(deps, challenger, history, considered, { by, reason }) };
  }
}

/** The entry that an approval has made, or would make again. */
function findApproved(
  history: readonly HistoryEntry[],
  { model, runId }: Challenger,
): HistoryEntry | undefined {
  const champion = history.at(-1);
  if (champion?.model === model) return champion;
  return history.find((each) => each.by === 'approve' && each.runId === runId && each.model === model);
}

function draftOf(
  deps: RegistryDeps,
  { model, runId }: Challenger,
  history: readonly HistoryEntry[],
  { comparison }: Considered,
  { by, reason }: Pick<HistoryEntry, 'by' | 'reason'>,
): EntryDraft {
  const before = history.at(-1)?.model;
  return {
    ...{ kind: 'promoted', model, runId, by, reason, at: timeOf(deps) },
    ...(before !== undefined && { before }),
    ...(comparison !== undefined && { comparison }),
  };
}

/** A champion whose head is gone would classify nothing. */
export async function assertInStore({ store }: Pick<RegistryDeps, 'store'>, model: string): Promise<void> {
  if ((await store.head(keys.head(model))) !== undefined) return;
  throw new BadInput(
    `The model ${model.slice(0, 12)} is gone from ${store.url}: expected ${keys.head(model)}. Train it again.`,
  );
}

const name = ({ model }: Challenger): string => model.slice(0, 12);
