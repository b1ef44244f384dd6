import { setHandler } from '@temporalio/workflow';
import { refuse } from './failure.js';
import { type FailedBatches, createFailedBatches } from './failed-batches.js';
import { retryUpdate } from './messages.js';
import type { FailedBatch } from './progress.js';

/** Failed batches, and those of them that somebody wants to run again. */
export interface Retries {
  readonly failed: FailedBatches;
  /** The plan segment that runs now: what its messages tell belongs to it. */
  segment: number;
  readonly isAsked: boolean;
  /** Refuses every later retry: extraction is over. */
  close(): void;
  /** What was asked for since the last time, by plan segment. */
  take(): ReadonlyMap<number, readonly FailedBatch[]>;
}

/**
 * Answers the update `retryFailedBatches` from now on.
 *
 * @param onAsked told which failed batches will run again, and which stay failed.
 */
export function handleRetries(
  onAsked: (again: readonly FailedBatch[], left: readonly FailedBatch[]) => void,
): Retries {
  const failed = createFailedBatches();
  let isClosed = false;
  let asked = new Map<number, readonly FailedBatch[]>();

  setHandler(
    retryUpdate,
    (request) => {
      const again = failed.take(request?.batches);
      for (const [segment, batches] of again) asked.set(segment, [...(asked.get(segment) ?? []), ...batches]);
      const all = [...again.values()].flat();
      onAsked(all, failed.all());
      return { batches: all.length };
    },
    {
      description: 'Runs failed batches again: all, or those of {"batches":["training-0007"]}.',
      validator: (request: unknown) => {
        if (isClosed)
          throw refuse('Extraction is over: start the run again, only what is missing is computed.');
        assertRetryable(failed, request);
      },
    },
  );

  return {
    failed,
    segment: 0,
    get isAsked() {
      return asked.size > 0;
    },
    close() {
      isClosed = true;
    },
    take() {
      const taken = asked;
      asked = new Map();
      return taken;
    },
  };
}

/** The request comes from outside: `temporal workflow update` sends whatever was typed. */
function assertRetryable(failed: FailedBatches, request: unknown): void {
  if (failed.count === 0) throw refuse('No batch has failed, or all that did are run again already.');
  if (request === undefined) return;
  const { batches, ...others } = Object(request) as { readonly batches?: unknown };
  const [unknownField] = Object.keys(others);
  if (unknownField !== undefined || (batches !== undefined && !Array.isArray(batches)))
    throw refuse(
      `Expected nothing or {"batches":["training-0007"]}, received ${JSON.stringify(request).slice(0, 80)}.`,
    );
  if (batches === undefined) return;
  if (batches.length === 0) throw refuse('Expected the names of failed batches, received none.');
  const ids: readonly unknown[] = batches;
  const unknown = ids.find((id) => typeof id !== 'string' || !failed.has(id));
  if (unknown === undefined) return;
  const known = failed
    .all()
    .slice(0, 5)
    .map(({ id }) => id);
  throw refuse(
    `${JSON.stringify(unknown)} is no failed batch of this run; ${failed.count} failed: ${known.join(', ')}${failed.count > known.length ? ', …' : ''}.`,
  );
}
