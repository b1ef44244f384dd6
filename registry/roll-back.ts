import { BadInput } from '../errors/graft-error.js';
import { type RegistryDeps, timeOf } from './consider-model.js';
import { appendEntry } from './history.js';
import type { EntryDraft, HistoryEntry } from './history-entry.js';
import { assertInStore } from './promote-model.js';
import { readLineage } from './read-lineage.js';
import { findRollbackTarget } from './rollback-target.js';

export interface RollbackRequest {
  readonly dataset: string;
  /** Number of the entry that shall hold again. Default: that of the champion before. */
  readonly to?: number;
  /** Default `by hand`. */
  readonly reason?: string;
}

/**
 * Makes an earlier champion the champion again, by a new entry; what is in the history stays.
 *
 * @throws BadInput where there is nothing to roll back to, or where that model is gone or may not be promoted any more.
 */
export async function rollBack(
  deps: Pick<RegistryDeps, 'store' | 'explainRefusal' | 'now' | 'settleMs'>,
  { dataset, to, reason = 'by hand' }: RollbackRequest,
): Promise<HistoryEntry> {
  const { entry } = await appendEntry(deps.store, dataset, decide, deps);
  if (entry === undefined) throw new Error('a rollback always adds an entry');
  return entry;

  async function decide(history: readonly HistoryEntry[]): Promise<{ readonly draft: EntryDraft }> {
    const target = findRollbackTarget(dataset, history, to);
    const { model, runId } = target;
    await assertInStore(deps, model);
    const refusal = await deps.explainRefusal(await readLineage(deps.store, model));
    if (refusal !== undefined)
      throw new BadInput(`The model ${model.slice(0, 12)} may not be promoted any more: ${refusal}`);
    const before = history.at(-1)?.model;
    const back = {
      kind: 'rolled-back',
      by: 'cli',
      to: target.number,
      ...(before !== undefined && { before }),
    } as const;
    return { draft: { ...back, model, runId, reason, at: timeOf(deps) } };
  }
}
