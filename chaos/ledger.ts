import type { DeliveredFault } from './deliver.js';
import { type FaultKind, isKill } from './faults.js';
import { type Attempt, isBatch } from './journal.js';

/** What a fault cost. */
export interface FaultCost {
  readonly fault: DeliveredFault;
  /** Batches in the hands of what it hit, while it lasted. */
  readonly inFlight: number;
  /** Attempts that are laid to it: of batches, and of other work. */
  readonly batches: readonly Attempt[];
  readonly others: readonly Attempt[];
}

/** What all faults cost, and what was lost without one. */
export interface Account {
  readonly costs: readonly FaultCost[];
  /** Attempts that did not count, and nothing that was done to the run explains it. */
  readonly unexplained: readonly Attempt[];
}

/** How long after its end a fault may still be felt, in milliseconds: requests that hang take 20 s to give up. */
const AFTERMATH_MS: Partial<Record<FaultKind, number>> = { silence: 30_000 };
const USUAL_AFTERMATH_MS = 5_000;

/** How long the report of an end may be on its way to the server, in milliseconds. */
const REPORT_MS = 200;

/** A frozen worker begins what it was handed before as soon as it goes on, in milliseconds. */
const THAW_MS = 1_000;

/** Batches that a worker has in its hands at most. */
const SLOTS = 3;

/**
 * Accounts for every attempt that did not count: it failed, nobody ever heard of its end, or another attempt of the same
 * activity came after it. Each is laid to one fault that overlaps with it: first one that hit its worker, then one that
 * fits what it says of its failure, then any other.
 */
export function accountFor(attempts: readonly Attempt[], faults: readonly DeliveredFault[]): Account {
  const lost = [...groupByActivity(attempts).values()].flatMap((tries) =>
    tries.flatMap((attempt, at) => {
      const next = tries[at + 1];
      if (attempt.end === 'completed' && next === undefined) return [];
      const until = Math.max(
        next?.startedAt ?? attempt.endedAt ?? Number.POSITIVE_INFINITY,
        attempt.startedAt,
      );
      return [{ attempt, fault: findCause(attempt, until, faults) }];
    }),
  );
  const laidTo = (fault: DeliveredFault | undefined): readonly Attempt[] =>
    lost.filter((each) => each.fault === fault).map(({ attempt }) => attempt);
  return {
    costs: faults.map((fault) => ({
      fault,
      inFlight: attempts.filter((attempt) => isBatch(attempt) && isInFlight(attempt, fault)).length,
      batches: laidTo(fault).filter(isBatch),
      others: laidTo(fault).filter((attempt) => !isBatch(attempt)),
    })),
    unexplained: laidTo(undefined),
  };
}

/** The most batches that a kill may cost: those that can be in the hands of the workers that it hit. */
export const mostBatches = ({ workers }: DeliveredFault): number => workers.length * SLOTS;

function isInFlight(
  { worker, startedAt, endedAt }: Attempt,
  { workers, from, until }: DeliveredFault,
  afterwardsMs = 0,
): boolean {
  const began = startedAt <= until + afterwardsMs;
  return workers.includes(worker) && began && (endedAt ?? from) >= from - REPORT_MS;
}

/** As the server handed them out: a worker that was frozen may begin an attempt when a later one is over. */
const inOrder = (a: Attempt, b: Attempt): number => a.attempt - b.attempt || a.startedAt - b.startedAt;

function groupByActivity(attempts: readonly Attempt[]): ReadonlyMap<string, readonly Attempt[]> {
  const groups = new Map<string, Attempt[]>();
  for (const attempt of [...attempts].sort(inOrder)) {
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
  const hit = felt.find(
    (fault) =>
      isOfOneWorker(fault.kind) &&
      isInFlight(attempt, fault, fault.kind === 'freeze' ? THAW_MS : 0) &&
      isDirect(fault, attempt),
  );
  // Faults come one after the other: the last that had begun is the nearest.
  const begun = felt.filter(({ from }) => from <= (attempt.endedAt ?? until));
  return (
    hit ??
    begun.findLast((fault) => fitsEnd(fault, attempt)) ??
    begun.findLast(({ kind }) => !isOfOneWorker(kind))
  );
}

const isOfOneWorker = (kind: FaultKind): boolean => isKill(kind) && kind !== 'server';

const SAYS_CRASH = 'The extractor process';
const SAYS_STORE = /^The (store|download) /;

/** An attempt that told how it failed before its worker was hit failed of something else. */
function isDirect({ kind }: DeliveredFault, { message }: Attempt): boolean {
  return kind === 'extractor' ? message?.startsWith(SAYS_CRASH) === true : message === undefined;
}

function fitsEnd({ kind, store }: DeliveredFault, { message, end }: Attempt): boolean {
  // The server gave it up for want of heartbeats.
  if (end === 'cancelled') return kind === 'silence';
  if (message === undefined) return kind === 'server';
  if (message.startsWith(SAYS_CRASH)) return kind === 'extractor';
  return SAYS_STORE.test(message) && !isKill(kind) && (store === 's3' || kind === 'full');
}
