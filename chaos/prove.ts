import type { RunInput } from '../runs/run-input.js';
import type { RunSummary } from '../runs/run-summary.js';
import { type Check, damageAndMend, verifyRound } from './aftermath.js';
import { largestDifference } from './compare-metrics.js';
import type { DeliveredFault } from './deliver.js';
import type { Fault, StoreKind } from './faults.js';
import { type LostAttempt, explainLosses, mostLost } from './ledger.js';
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
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What a chaos run showed. */
export interface ChaosResult {
  /** In the order in which they happened. */
  readonly delivered: readonly DeliveredFault[];
  readonly lost: readonly LostAttempt[];
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
type Part = Pick<ChaosResult, 'delivered' | 'lost' | 'rounds' | 'checks' | 'metricDifference'>;

/** Small batches, so that faults meet many of them. */
const BATCH_SIZE = 16;
const WORKERS = 2;
const MOST_METRIC_DIFFERENCE = 1e-6;

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
    delivered: parts.flatMap((part) => part.delivered),
    lost: parts.flatMap((part) => part.lost),
    rounds: parts.flatMap((part) => part.rounds),
    checks: parts.flatMap((part) => part.checks),
    undisturbed: undisturbed.summary,
    metricDifference,
  };
}

async function runUndisturbed(options: ChaosOptions): Promise<Undisturbed> {
  const { say, signal, tools } = options;
  say('  undisturbed');
  const scene = await openScene('file', { ...tools, mayMount: false }, 1);
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
    left = left.slice(part.delivered.length);
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
  const scene = await openScene(store, tools, WORKERS);
  let orphans: readonly number[] | undefined;
  try {
    const [input, name] = [inputOf(options), `chaos-${store}-${number}`];
    const round = await playRound(scene, { input, name, faults: due, say, signal });
    const { contentHash } = undisturbed.summary.receipt;
    const after = { input, name, seed, contentHash, say, signal };
    const metrics = await readMetrics(scene, round.summary);
    const metricDifference = largestDifference(metrics as never, undisturbed.metrics as never);
    const lost = explainLosses(scene.journal.attempts, round.delivered);
    const checks = [
      ...checkRound(round, undisturbed, metricDifference),
      ...checkLosses(lost, round.delivered),
      ...(await verifyRound(scene, round, after)),
      ...(round.delivered.length === due.length ? await damageAndMend(scene, round, after) : []),
      checkDeaths(scene),
    ];
    orphans = await scene.close();
    return {
      ...{ delivered: round.delivered, lost, rounds: [round], metricDifference },
      checks: [...checks, checkOrphans(orphans)],
    };
  } finally {
    if (orphans === undefined) await scene.close();
  }
}

const inputOf = ({ tools: { zip }, heartbeatSeconds = 8 }: ChaosOptions): RunInput => ({
  ...(zip === undefined ? { dataset: 'sample' } : { dataset: 'chaos', source: zip }),
  batchSize: BATCH_SIZE,
  timing: { heartbeatSeconds },
});

const readMetrics = async ({ backDoor }: Scene, { keys }: RunSummary): Promise<unknown> =>
  JSON.parse(Buffer.from(await backDoor.get(keys.metrics)).toString()) as unknown;

function checkRound(round: Round, { summary }: Undisturbed, difference: number): readonly Check[] {
  const { contentHash, missing } = round.summary.receipt;
  return [
    {
      title: 'the disturbed run has the contentHash of the undisturbed one',
      holds: contentHash === summary.receipt.contentHash && missing === 0,
      found: contentHash.slice(0, 12),
    },
    {
      title: 'its metrics are those of the undisturbed one within 1e-6',
      holds: difference <= MOST_METRIC_DIFFERENCE,
      found: String(difference),
    },
  ];
}

function checkLosses(lost: readonly LostAttempt[], delivered: readonly DeliveredFault[]): readonly Check[] {
  const unexplained = lost.filter(({ fault }) => fault === undefined).map(({ attempt }) => attempt);
  const [first] = unexplained;
  const costly = delivered.filter((fault) => lossesOf(fault, lost) > (mostLost(fault) ?? Infinity));
  return [
    {
      title: 'no attempt was lost without a fault that explains it',
      holds: first === undefined,
      found: first === undefined ? 'none' : `${unexplained.length}, the first: ${JSON.stringify(first)}`,
    },
    {
      title: 'no kill cost more than the batches in flight',
      holds: costly.length === 0,
      found: costly.length === 0 ? 'none' : costly.map(({ kind }) => kind).join(', '),
    },
  ];
}

/** Batches that a fault cost. */
export const lossesOf = (fault: DeliveredFault, lost: readonly LostAttempt[]): number =>
  lost.filter((each) => each.fault === fault && each.attempt.activityType === 'extractBatch').length;

const checkDeaths = ({ fleet }: Scene): Check => ({
  title: 'no worker ended that nobody killed',
  holds: fleet.ownDeaths.length === 0,
  found: fleet.ownDeaths.length === 0 ? 'none' : fleet.ownDeaths.join('; '),
});

const checkOrphans = (orphans: readonly number[]): Check => ({
  title: 'no extractor outlived its worker',
  holds: orphans.length === 0,
  found: orphans.length === 0 ? 'none' : `${orphans.length} processes`,
});
