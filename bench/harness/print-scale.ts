import { describeRequests, subtractRequests, sumOfRequests } from './counting-store.js';
import type { Projection } from './scale-projection.js';
import type { ScaleMeasurement, ServerSample } from './scale-run.js';

const whole = (value: number): string => Math.round(value).toLocaleString('en');
const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MB`;

/** Between two samples. */
const millisecondsPerBatch = (
  from: ServerSample,
  to: ServerSample,
  of: 'processorSeconds' | 'serverSeconds',
): number => ((to[of] - from[of]) / (to.batches - from.batches)) * 1_000;

const batchesPerSecond = (from: ServerSample, to: ServerSample): number =>
  (to.batches - from.batches) / ((to.at - from.at) / 1_000);

/** Extraction's samples: the first batch, and the end of each part. */
export const extractionOf = ({ samples }: ScaleMeasurement): readonly ServerSample[] => samples.slice(0, -1);

/** One line a part: how fast, and how large the worker is. */
export function printParts(measured: ScaleMeasurement): void {
  const [first, ...parts] = extractionOf(measured);
  let before = first;
  console.log('  batches   batches/s   worker ms a batch   worker RSS   V8 heap');
  for (const part of parts) {
    if (before === undefined) return;
    const speed = batchesPerSecond(before, part).toFixed(0).padStart(10);
    const cost = millisecondsPerBatch(before, part, 'processorSeconds').toFixed(1).padStart(18);
    console.log(
      `  ${whole(part.batches).padStart(7)} ${speed} ${cost} ${megabytes(part.rssBytes).padStart(14)} ${megabytes(part.heapBytes).padStart(9)}`,
    );
    before = part;
  }
}

export function printTotals(measured: ScaleMeasurement): void {
  const extraction = extractionOf(measured);
  const [first] = extraction;
  const last = extraction.at(-1);
  const end = measured.samples.at(-1);
  if (first === undefined || last === undefined || end === undefined) return;
  const worker = millisecondsPerBatch(first, last, 'processorSeconds').toFixed(2);
  const server = millisecondsPerBatch(first, last, 'serverSeconds').toFixed(2);
  console.log(`  processor time a batch: worker ${worker} ms, server ${server} ms`);
  printMedian(measured);
  printMemory(measured);
  const children = measured.children.map(({ events }) => whole(events)).join(', ');
  console.log(
    `  events: parent ${whole(measured.parent.events)} (${measured.messages} messages), children ${children}`,
  );
  console.log(
    `  requests of extraction: ${describeRequests(subtractRequests(last.requests, first.requests))}`,
  );
  console.log(
    `  requests of the run: ${whole(sumOfRequests(end.requests))} (${describeRequests(end.requests)})`,
  );
  const objects = [...measured.objects].map(([kind, count]) => `${kind} ${whole(count)}`);
  console.log(`  objects: ${objects.join(', ')}`);
}

/** Of the parts, beside what the SDK costs by itself: other work on the machine makes both dearer. */
function printMedian(measured: ScaleMeasurement): void {
  const extraction = extractionOf(measured);
  const costs = extraction.slice(1).flatMap((part, at) => {
    const before = extraction[at];
    return before === undefined ? [] : millisecondsPerBatch(before, part, 'processorSeconds');
  });
  const median = costs.toSorted((a, b) => a - b)[costs.length >> 1];
  const bare = measured.bareMilliseconds;
  if (median === undefined || bare.length === 0) return;
  const ratio = median / (bare.reduce((sum, each) => sum + each, 0) / bare.length);
  console.log(
    `  median part: ${median.toFixed(2)} ms; a bare SDK loop of empty activities, before and after: ${bare.map((each) => each.toFixed(2)).join(' and ')} ms; ratio ${ratio.toFixed(2)}`,
  );
}

/** How the worker's memory has grown since a tenth of the batches were done. */
function printMemory(measured: ScaleMeasurement): void {
  const [tenth, ...later] = extractionOf(measured).slice(1);
  const last = later.at(-1);
  if (tenth === undefined || last === undefined) return;
  const grown = (last.rssBytes / tenth.rssBytes - 1) * 100;
  const most = Math.max(tenth.rssBytes, ...later.map(({ rssBytes }) => rssBytes));
  console.log(
    `  worker RSS from 10 % to 100 %: ${megabytes(tenth.rssBytes)} to ${megabytes(last.rssBytes)} (${grown.toFixed(1)} %), at most ${megabytes(most)}`,
  );
}

export function printProjection(projection: Projection, batchSize: number): void {
  console.log(`  ${whole(projection.images)} pictures in batches of ${batchSize}, by calculation:`);
  console.log(
    `    ${whole(projection.batches)} batches, ${whole(projection.children)} children, ${projection.messagesPerChild} messages each`,
  );
  console.log(
    `    events: parent at most ${whole(projection.parentEvents)}, a full child ${whole(projection.childEvents)}`,
  );
  console.log(
    `    objects ${whole(projection.objects)}, requests ${whole(projection.requests)}, pictures read one by one included`,
  );
}
