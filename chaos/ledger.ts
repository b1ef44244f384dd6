import type { DeliveredFault } from './deliver.js';
import { type FaultKind, isKill } from './faults.js';
import type { Attempt } from './journal.js';

/** An attempt whose result did not count, and the fault that explains it. */
export interface LostAttempt {
  readonly attempt: Attempt;
  /** Absent: nothing that was done to the run explains it. */
  readonly fault?: DeliveredFault;
}

/** Batches that a worker has in its hands at most. */
export const SLOTS = 3;

/** How long after its end a fault may still be felt, in milliseconds: requests that hang take 20 s to give up. */
const AFTERMATH_MS: Partial<Record<FaultKind, number>> = { silence: 30_000 };
const USUAL_AFTERMATH_MS = 5_000;

/**
 * Every attempt that did not count: it failed, nobody ever heard of its end, or another attempt of the same activity came
 * after it. Each is laid to one fault that overlaps with it: first one that hit its worker, then one that fits what it
 * says of its failure, then any other.
 */
export function explainLosses(
  attempts: readonly Attempt[],
  faults: readonly DeliveredFault[],
): readonly LostAttempt[] {
  return [...groupByActivity(attempts).values()].flatMap((tries) =>
    tries.flatMap((attempt, at) => {
      const next = tries[at + 1];
      if (attempt.end === 'completed' && next === undefined) return [];
      const fault = findCause(
        attempt,
        next?.startedAt ?? attempt.endedAt ?? Number.POSITIVE_INFINITY,
        faults,
      );
      return [{ attempt, ...(fault !== undefined && { fault }) }];
    }),
  );
}

function groupByActivity(attempts: readonly Attempt[]): ReadonlyMap<string, readonly Attempt[]> {
  const groups = new Map<string, Attempt[]>();
  for (const attempt of [...attempts].sort((a, b) => a.startedAt - b.startedAt)) {
    const name = `${attempt.workflowId} ${attempt.activityId}`;
    groups.set(name, [...(groups.get(name) ?? []), attempt]);
  }
  return groups;
}

function findCause(
  attempt: Attempt,
  until: number,
  faults: readonly DeliveredFault[],
): DeliveredFault | undefined {
  const felt = faults.filter(({ kind, from, until: end }) => {
    const last = end + (AFTERMATH_MS[kind] ?? USUAL_AFTERMATH_MS);
    return kind !== 'shard' && from <= until && last >= attempt.startedAt;
  });
  const hit = felt.filter(
    ({ kind, workers, from }) =>
      isKill(kind) && kind !== 'server' && workers.includes(attempt.worker) && attempt.startedAt <= from,
  );
  const fits = felt.filter((fault) => fitsMessage(fault, attempt));
  return hit.find((fault) => isDirect(fault, attempt)) ?? fits[0] ?? hit[0] ?? felt[0];
}

/** An attempt that told how it failed before its worker was hit failed of something else. */
function isDirect({ kind, from }: DeliveredFault, { endedAt, message }: Attempt): boolean {
  if (kind === 'extractor') return message?.startsWith('The extractor process') === true;
  return endedAt === undefined || message === undefined || endedAt >= from;
}

function fitsMessage({ kind, store }: DeliveredFault, { message, end }: Attempt): boolean {
  if (message?.startsWith('The extractor process') === true) return kind === 'extractor';
  if (message?.startsWith('The store') === true || message?.startsWith('The download') === true)
    return !isKill(kind) && (store === 's3' || kind === 'full');
  return kind === 'server' && end !== 'failed';
}

/** Most batches that a fault can cost by being what it is; undefined for trouble that lasts, of which attempts fail in turn. */
export function mostLost({ kind, workers }: DeliveredFault): number | undefined {
  return isKill(kind) ? workers.length * SLOTS : undefined;
}
