import { parseArgs } from 'node:util';
import { sumOfRequests } from './harness/counting-store.js';
import { printParts, printProjection, printTotals } from './harness/print-scale.js';
import { projectScale, type MeasuredRates } from './harness/scale-projection.js';
import { measureScale, type ScaleMeasurement } from './harness/scale-run.js';

const USAGE = 'npm run bench -- scale [--batches 3000] [--window 16] [--seed 7] [--profile <folder>]';
const BATCH_SIZE = 64;
/** Of the bare loop: enough to measure, few enough for one history. */
const BARE_ACTIVITIES = 1_000;
const PROJECTIONS = [
  { images: 1_000_000, batchSize: 64 },
  { images: 100_000_000, batchSize: 64 },
  { images: 100_000_000, batchSize: 128 },
];

/**
 * Runs of the real workflows, activities and store over index rows without pictures, by an extractor that computes
 * nothing: events of every history, memory and processor time of the worker, objects and requests; and what a million and
 * a hundred million pictures would give.
 */
export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      batches: { type: 'string', default: '3000' },
      window: { type: 'string', default: '16' },
      seed: { type: 'string', default: '7' },
      profile: { type: 'string' },
    },
  });
  const batches = wholeNumber('--batches', values.batches, 10);
  const window = wholeNumber('--window', values.window, 1);
  const seed = wholeNumber('--seed', values.seed, 0);
  const profiling = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
  console.log(
    `${batches} batches of ${BATCH_SIZE} pictures that nobody has, window ${window}; features of efficientnet-lite0's length`,
  );
  const measured = await measureScale({
    ...{ batches, batchSize: BATCH_SIZE, window, seed, parts: 10 },
    nodeOptions: profiling,
    bareActivities: BARE_ACTIVITIES,
  });
  printParts(measured);
  printTotals(measured);
  const rates = ratesOf(measured);
  for (const { images, batchSize } of PROJECTIONS)
    printProjection(projectScale(images, batchSize, rates), batchSize);
}

function ratesOf({ parent, children, messages, receipt, samples }: ScaleMeasurement): MeasuredRates {
  const end = samples.at(-1);
  return {
    // As the budget of messages reckons them.
    stageEvents: Math.max(0, parent.events - children.length * 9 - messages * 4),
    eventsPerBatch: children.reduce((sum, { events }) => sum + events, 0) / receipt.batches,
    // Of the whole run: the receipt reads each shard once more.
    requestsPerBatch: end === undefined ? Number.NaN : sumOfRequests(end.requests) / receipt.batches,
  };
}

function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw new Error(
    `expected ${option} to be a whole number of at least ${least}, received "${text}": ${USAGE}`,
  );
}
