import type { RunSummary } from '../runs/run-summary.js';
import { isKill } from './faults.js';
import { type Account, mostBatches } from './ledger.js';
import type { Round } from './round.js';

/** A sentence that a chaos run must make true. */
export interface Check {
  readonly title: string;
  readonly holds: boolean;
  /** What was found. */
  readonly found: string;
}

const MOST_METRIC_DIFFERENCE = 1e-6;

/** Whether a round came out as the undisturbed run did. `difference` is the largest between their metrics. */
export function checkRound(round: Round, undisturbed: RunSummary, difference: number): readonly Check[] {
  const { contentHash, missing } = round.summary.receipt;
  return [
    {
      title: 'the disturbed run has the contentHash of the undisturbed one',
      holds: contentHash === undisturbed.receipt.contentHash && missing === 0,
      found: contentHash,
    },
    {
      title: 'its metrics are those of the undisturbed one within 1e-6',
      holds: difference <= MOST_METRIC_DIFFERENCE,
      found: String(difference),
    },
  ];
}

/** Whether faults explain what was done again, and no kill cost more than it had to. */
export function checkAccount({ costs, unexplained }: Account): readonly Check[] {
  const costly = costs.filter(
    ({ fault, batches }) => isKill(fault.kind) && batches.length > mostBatches(fault),
  );
  return [
    none(
      'no attempt was lost without a fault that explains it',
      unexplained.map((each) => JSON.stringify(each)),
    ),
    none(
      'no kill cost more than the 3 batches that a worker has in its hands',
      costly.map(({ fault, batches }) => `${fault.kind}: ${batches.length} of ${mostBatches(fault)}`),
    ),
  ];
}

/** Whether all workers that ended were killed. */
export const checkDeaths = (deaths: readonly string[]): Check =>
  none('no worker ended that nobody killed', deaths);

/** Whether extractors left with their workers. */
export const checkOrphans = (pids: readonly number[]): Check =>
  none('no extractor outlived its worker', pids.map(String));

/** A sentence that says that there is none of something. */
export const none = (title: string, found: readonly string[]): Check => ({
  title,
  holds: found.length === 0,
  found: found.slice(0, 3).join('; '),
});
