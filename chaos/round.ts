import { setTimeout as sleep } from 'node:timers/promises';
import type { RunInput } from '../runs/run-input.js';
import type { RunSummary } from '../runs/run-summary.js';
import { deleteDamaged } from './damage-check.js';
import { type DeliveredFault, deliverFault } from './deliver.js';
import type { Fault } from './faults.js';
import { type Failure, type Operations, type WatchedRun, watchRun } from './operator.js';
import type { Scene } from './scene.js';

/** Runs of one data set over one store until one completes, and what was done to them. */
export interface Round {
  readonly summary: RunSummary;
  readonly delivered: readonly DeliveredFault[];
  /** Runs that ended without success, each followed by another. */
  readonly failures: readonly Failure[];
  readonly operations: Operations;
  readonly seconds: number;
}

export interface RoundOptions {
  readonly input: RunInput;
  /** Of the round's first run; its successors get a number more. */
  readonly name: string;
  /** To deliver in this order, as far as they fit into the runs. */
  readonly faults: readonly Fault[];
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** So often a run that failed is started again before the round is given up. */
const MOST_RUNS = 8;

/** Failures that a damaged shard explains. */
const OF_DAMAGE = new Set(['BatchesFailed', 'ShardDamaged', 'ReceiptContradiction']);

/** Failures of which the operator's manual says: remove the cause and run again. */
const OF_STORE = new Set(['StoreUnavailable']);

/** What has happened in a round so far. */
interface Story {
  readonly delivered: DeliveredFault[];
  readonly failures: Failure[];
}

/**
 * Starts a run and delivers faults to it until it ends; starts it again where it failed as the manual says it may.
 *
 * @throws where it fails of something else, or again and again.
 */
export async function playRound(scene: Scene, options: RoundOptions): Promise<Round> {
  const started = performance.now();
  const story: Story = { delivered: [], failures: [] };
  let isHarmed = false;
  const operations: Operations = { resumed: 0, retried: 0, mayGoOn: () => !isHarmed };
  const ended = new AbortController();
  const signal = AbortSignal.any([options.signal, ended.signal]);
  try {
    for (let number = 1; number <= MOST_RUNS; number++) {
      const run = watchRun(scene, `${options.name}-${number}`, options.input, operations, signal);
      await disturb(scene, run, options, story, (harmed) => (isHarmed = harmed));
      const end = await run.end;
      if ('receipt' in end) {
        const seconds = (performance.now() - started) / 1_000;
        return { summary: end, ...story, operations, seconds };
      }
      story.failures.push(end);
      options.say(`    the run ended with ${end.type}: ${end.message.slice(0, 200)}`);
      await makeReady(scene, end, story.delivered);
    }
  } finally {
    ended.abort(); // the watch, where something else went wrong
  }
  const last = story.failures.at(-1)?.message ?? '';
  throw new Error(`expected a run to complete within ${MOST_RUNS} starts; the last: ${last}`);
}

/** Delivers the faults that are left, until there are none or the run has ended. */
async function disturb(
  scene: Scene,
  run: WatchedRun,
  { faults, input, say, signal }: RoundOptions,
  { delivered }: Story,
  tellHarm: (isHarmed: boolean) => void,
): Promise<void> {
  const heartbeatSeconds = input.timing?.heartbeatSeconds ?? 20;
  for (;;) {
    const fault = faults[delivered.length];
    if (fault === undefined) return;
    await sleepWhile(run, fault.pauseSeconds);
    signal.throwIfAborted();
    if (run.isOver()) return;
    tellHarm(true);
    const done = await deliverFault(scene, fault, { heartbeatSeconds, isOver: () => run.isOver() });
    tellHarm(false);
    if (done === undefined) continue; // there was nothing that it could hit yet
    delivered.push(done);
    say(describeDelivery(done, delivered.length));
  }
}

/** Does what the manual says before a failed run is started again. */
async function makeReady(scene: Scene, end: Failure, delivered: readonly DeliveredFault[]): Promise<void> {
  const shards = delivered.flatMap(({ shard }) => (shard === undefined ? [] : [shard.key]));
  const mayBeDamaged = OF_DAMAGE.has(end.type) && shards.length > 0;
  if (!mayBeDamaged && !OF_STORE.has(end.type))
    throw new Error(`${end.workflowId} failed of what nothing here explains: ${end.type}: ${end.message}`);
  // A shard that the next plan finds damaged is set aside by itself; one that was read before is for the operator.
  if (end.type !== 'BatchesFailed') await deleteDamaged(scene, shards);
}

async function sleepWhile(run: WatchedRun, seconds: number): Promise<void> {
  for (const end = Date.now() + seconds * 1_000; Date.now() < end && !run.isOver();) await sleep(20);
}

function describeDelivery({ kind, from, until }: DeliveredFault, number: number): string {
  const seconds = ((until - from) / 1_000).toFixed(1);
  return `    ${String(number).padStart(3)}  ${kind.padEnd(12)} ${seconds.padStart(5)} s`;
}
