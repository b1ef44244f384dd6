import { setTimeout as sleep } from 'node:timers/promises';
import { isExtractor } from './extractor-alive.js';
import { type WorkerCommand, type WorkerProcess, startWorkerProcess } from './worker-process.js';

/** Workers under a supervisor that starts each again when it has ended. */
export interface WorkerFleet {
  /** Those that live now. */
  readonly workers: readonly WorkerProcess[];
  /** Ends one by SIGKILL: whoever else ends had a reason of its own. */
  kill(worker: WorkerProcess): void;
  /** How workers ended that served and that nobody killed: there should be none. */
  readonly ownDeaths: readonly string[];
  /** Resolves when all serve, or `isOver`. */
  untilServing(isOver: () => boolean): Promise<void>;
  /** Ends all, and their extractors; resolves with the extractors that did not leave with their worker. */
  close(): Promise<readonly number[]>;
}

/** Between a worker's end and its successor's start, in milliseconds. */
const RESTART_MS = 300;

/** How long an extractor may outlive its worker, in milliseconds: it leaves by itself. */
const ORPHAN_MS = 5_000;

/** Starts so many workers and waits until they serve. None is left where the signal is aborted meanwhile. */
export async function startWorkerFleet(
  count: number,
  command: WorkerCommand,
  signal: AbortSignal,
): Promise<WorkerFleet> {
  const places: (WorkerProcess | undefined)[] = Array.from({ length: count });
  const killed = new WeakSet<WorkerProcess>();
  const extractors = new Set<number>();
  const ownDeaths: string[] = [];
  const closing = new AbortController();
  const isClosing = (): boolean => closing.signal.aborted;

  const noteExtractors = (): void => {
    for (const worker of places) {
      const pid = worker?.extractor();
      if (pid !== undefined) extractors.add(pid);
    }
  };
  const keep = async (place: number): Promise<void> => {
    while (!isClosing()) {
      const worker = await startWorkerProcess(command);
      places[place] = worker;
      if (isClosing()) worker.signal('SIGKILL');
      const how = await worker.ended;
      // One that never served was started at a bad moment: the command says so, and is started again.
      if (worker.hasServed() && !isClosing() && !killed.has(worker)) ownDeaths.push(how);
      await sleep(RESTART_MS);
    }
  };
  const keepers = places.map((_, place) => keep(place));
  const watch = setInterval(noteExtractors, 200);
  const alive = (): readonly WorkerProcess[] =>
    places.filter((worker): worker is WorkerProcess => worker?.hasEnded() === false);
  const fleet: WorkerFleet = {
    get workers() {
      return alive();
    },
    kill(worker) {
      noteExtractors();
      killed.add(worker);
      worker.signal('SIGKILL');
    },
    ownDeaths,
    async untilServing(isOver) {
      while (alive().filter((worker) => worker.isServing()).length < count && !isOver()) await sleep(50);
    },
    async close() {
      closing.abort();
      clearInterval(watch);
      noteExtractors();
      for (const worker of alive()) worker.signal('SIGKILL');
      await Promise.all(keepers);
      return await endOrphans([...extractors]);
    },
  };
  await fleet.untilServing(() => signal.aborted);
  if (signal.aborted) await fleet.close();
  signal.throwIfAborted();
  return fleet;
}

async function endOrphans(pids: readonly number[]): Promise<readonly number[]> {
  const deadline = Date.now() + ORPHAN_MS;
  while (pids.some(isExtractor) && Date.now() < deadline) await sleep(50);
  const left = pids.filter(isExtractor);
  for (const pid of left) process.kill(pid, 'SIGKILL');
  return left;
}
