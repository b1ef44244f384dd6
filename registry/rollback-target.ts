import { BadInput } from '../errors/graft-error.js';
import type { HistoryEntry } from './history-entry.js';

/**
 * The entry that holds again after a rollback: that of the champion before today's, or number `to`.
 *
 * Rolling back twice goes two champions back, not forth again: a rollback drops what it undid. Throws `BadInput` where
 * there is no champion, none before it, no such entry, or where its model is the champion already.
 */
export function findRollbackTarget(
  dataset: string,
  history: readonly HistoryEntry[],
  to?: number,
): HistoryEntry {
  const standing = standingEntries(history);
  const champion = standing.at(-1);
  if (champion === undefined)
    throw new BadInput(`The data set ${dataset} has no champion yet, so there is nothing to roll back to.`);
  if (to === undefined) {
    const before = standing.at(-2);
    if (before !== undefined) return before;
    throw new BadInput(
      `There is nothing to roll back to: ${champion.model.slice(0, 12)} is the first champion of ${dataset}. ` +
        `graft models list shows the models; promote another one instead.`,
    );
  }
  const target = origin(history, to);
  if (target === undefined)
    throw new BadInput(
      `Expected --to to be the number of an entry in the history of ${dataset} (${listNumbers(history)}), received ${to}.`,
    );
  if (target.model !== champion.model) return target;
  throw new BadInput(
    `Entry ${to} of ${dataset} made ${target.model.slice(0, 12)} the champion, and it is the champion now. Nothing to roll back.`,
  );
}

/** The promotions that nothing has undone, oldest first; the last one is that of the champion. */
function standingEntries(history: readonly HistoryEntry[]): readonly HistoryEntry[] {
  const standing: HistoryEntry[] = [];
  for (const entry of history) {
    if (entry.kind === 'promoted') {
      standing.push(entry);
      continue;
    }
    const target = entry.to === undefined ? undefined : origin(history, entry.to);
    const at = standing.findIndex(({ number }) => number === target?.number);
    if (at === -1) standing.push(entry);
    else standing.splice(at + 1);
  }
  return standing;
}

/** The promotion that an entry stands for, through any number of rollbacks. */
function origin(history: readonly HistoryEntry[], number: number): HistoryEntry | undefined {
  const entry = history.find((each) => each.number === number);
  // A rollback points at an earlier entry, so this ends; one that points forth was not written by Graft.
  if (entry?.to === undefined || entry.to >= number) return entry;
  return origin(history, entry.to) ?? entry;
}

const MOST_LISTED = 10;

function listNumbers(history: readonly HistoryEntry[]): string {
  const numbers = history.slice(-MOST_LISTED).map(({ number }) => number);
  return `${history.length > MOST_LISTED ? '…, ' : ''}${numbers.join(', ')}`;
}
