import type { RunInput } from '../runs/run-input.js';
import type { RunSummary } from '../runs/run-summary.js';
import { damageAndMend, verifyRound } from './aftermath.js';
import { type Check, checkAccount, checkDeaths, checkOrphans, checkRound } from './checks.js';
import { largestDifference } from './compare-metrics.js';
import type { Fault, StoreKind } from './faults.js';
import { type FaultCost, accountFor } from './ledger.js';
import { type Round, playRound } from './round.js';
import { scheduleFaults } from './schedule.js';
import { type Scene, type Tools, openScene } from './scene.js';

export interface ChaosOptions {
  readonly faults: number;
  readonly seed: number;
  readonly tools: Tools;
  /** Whether a full file system is a real one. */
  readonly hasSmallDisk: boolean;
  /** Default both. */
  readonly stores?: readonly StoreKind[];
  /** Seconds without a heartbeat after which a worker counts as dead. Default 8. */
  readonly heartbeatSeconds?: number;
  /** Pictures a batch: few, so that faults meet many batches. Default 16. */
  readonly batchSize?: number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What a chaos run showed. */
export interface ChaosResult {
  /** One for each fault, in the order in which they happened. */
  readonly costs: readonly FaultCost[];
  readonly rounds: readonly Round[];
  readonly checks: readonly Check[];
  readonly undisturbed: RunSummary;
  /** The largest over all rounds. */
  readonly metricDifference: number;
}

/** What the rounds are compared with. */
interface Undisturbed {
  readonly summary: RunSummary;
  readonly metrics: unknown;
}

/** Of the rounds over one store, until all of its faults have happened. */
type Part = Pick<ChaosResult, 'costs' | 'rounds' | 'checks' | 'metricDifference'>;

const WORKERS = 2;

/** Runs a data set undisturbed, then again and again while faults happen, and compares what comes out. */
export async function proveByChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { faults, seed, hasSmallDisk, stores, say } = options;
  const undisturbed = await runUndisturbed(options);
  const schedule = scheduleFaults({ faults, seed, hasSmallDisk, ...(stores !== undefined && { stores }) });
  const parts: Part[] = [];
  for (const store of new Set(schedule.map((fault) => fault.store))) {
    say(store === 's3' ? '  over a bucket behind a harmful proxy' : '  over a folder');
    const due = schedule.filter((fault) => fault.store === store);
    parts.push(...(await playAll(options, store, due, undisturbed)));
  }
  const metricDifference = Math.max(...parts.map((part) => part.metricDifference));
  return {
    costs: parts.flatMap((part) => part.costs),
    rounds: parts.flatMap((part) => part.rounds),
    checks: parts.flatMap((part) => part.checks),
    undisturbed: undisturbed.summary,
    metricDifference,
  };
}

async function runUndisturbed(options: ChaosOptions): Promise<Undisturbed> {
  const { say, signal, tools } = options;
  say('  undisturbed');
  const scene = await openScene('file', { ...tools, mayMount: false }, 1, signal);
  try {
    const input = inputOf(options);
    const { summary, seconds } = await playRound(scene, {
      input,
      name: 'undisturbed',
      faults: [],
      say,
      signal,
    });
    say(`    ${summary.receipt.batches} batches in ${seconds.toFixed(0)} s`);
    return { summary, metrics: await readMetrics(scene, summary) };
  } finally {
    await scene.close();
  }
}

/** Rounds in new scenes until all faults of a store have happened; the last one's store is damaged and mended besides. */
async function playAll(
  options: ChaosOptions,
  store: StoreKind,
  due: readonly Fault[],
  undisturbed: Undisturbed,
): Promise<readonly Part[]> {
  const parts: Part[] = [];
  for (let left = due; left.length > 0;) {
    const part = await playOnce(options, { store, due: left, number: parts.length + 1 }, undisturbed);
    parts.push(part);
    left = left.slice(part.costs.length);
  }
  return parts;
}

async function playOnce(
  options: ChaosOptions,
  {
    store,
    due,
    number,
  }: { readonly store: StoreKind; readonly due: readonly Fault[]; readonly number: number },
  undisturbed: Undisturbed,
): Promise<Part> {
  const { say, signal, seed, tools } = options;
  const scene = await openScene(store, tools, WORKERS, signal);
  let orphans: readonly number[] | undefined;
  try {
    const [input, name] = [inputOf(options), `chaos-${store}-${number}`];
    const round = await playRound(scene, { input, name, faults: due, say, signal });
    const { contentHash } = undisturbed.summary.receipt;
    const after = { input, name, seed, contentHash, say, signal };
    const over = Date.now();
    const metrics = await readMetrics(scene, round.summary);
    const metricDifference = largestDifference(metrics as never, undisturbed.metrics as never);
    const aftermath = [
      ...(await verifyRound(scene, round, after)),
      ...(round.delivered.length === due.length ? await damageAndMend(scene, round, after) : []),
      checkDeaths(scene.fleet.ownDeaths),
    ];
    orphans = await scene.close();
    // Only now has every line of the workers' logs been read: what they said last of the round may have come after its end.
    const attempts = scene.journal.attempts.filter(({ startedAt }) => startedAt <= over);
    const account = accountFor(attempts, round.delivered);
    return {
      ...{ costs: account.costs, rounds: [round], metricDifference },
      checks: [
        ...checkRound(round, undisturbed.summary, metricDifference),
        ...checkAccount(account),
        ...aftermath,
        checkOrphans(orphans),
      ],
    };
  } finally {
    if (orphans === undefined) await scene.close();
  }
}

const inputOf = ({ tools, heartbeatSeconds = 8, batchSize = 16 }: ChaosOptions): RunInput => ({
  ...(tools.source === undefined ? { dataset: 'sample' } : { dataset: 'chaos', source: tools.source }),
  batchSize,
  timing: { heartbeatSeconds },
  promotion: { otherwise: 'leave' },
});

const readMetrics = async ({ backDoor }: Scene, { keys }: RunSummary): Promise<unknown> =>
  JSON.parse(Buffer.from(await backDoor.get(keys.metrics)).toString()) as unknown;
