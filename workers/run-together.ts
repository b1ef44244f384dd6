import type { Worker } from '@temporalio/worker';

/** What this file needs of Temporal's worker. */
export type Pollable = Pick<Worker, 'run' | 'shutdown' | 'getState'>;

/**
 * Waits for all workers to be created. Where one cannot be, the others are put away, for each holds the connection open,
 * and its error is thrown.
 */
export async function createTogether<Each extends Pollable>(
  creating: readonly Promise<Each>[],
): Promise<readonly Each[]> {
  const created = await Promise.allSettled(creating);
  const workers = created.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (workers.length < created.length) await Promise.allSettled(workers.map(putAway));
  throwFirstFailure(created);
  return workers;
}

/** Runs all workers until each has stopped. Where one fails, the others are stopped, and its error is thrown. */
export async function runTogether(workers: readonly Pollable[]): Promise<void> {
  const ends = await Promise.allSettled(
    workers.map(async (worker) => {
      try {
        await worker.run();
      } finally {
        stopAll(workers);
      }
    }),
  );
  throwFirstFailure(ends);
}

/** Lets every worker finish what it has begun and take nothing more. */
export function stopAll(workers: readonly Pollable[]): void {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
}

/** A worker lets go of its connection only at the end of a run. */
async function putAway(worker: Pollable): Promise<void> {
  const run = worker.run();
  worker.shutdown();
  await run;
}

function throwFirstFailure(results: readonly PromiseSettledResult<unknown>[]): void {
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
