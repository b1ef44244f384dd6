import type { Backbone } from '../../backbones/backbone.js';
import { asQueue } from '../../engines/batching/picture-queue.js';
import type { FeatureExtractor } from '../../engines/feature-extractor.js';
import { createFileStore } from '../../storage/file-store.js';
import { createLogger, installRuntime } from '../../workers/runtime.js';
import { startWorkers } from '../../workers/start-workers.js';
import { type RequestCounts, createCountingStore } from './counting-store.js';
import { standInActivities } from './stand-in-activities.js';

/** What the process is given, as JSON, for its only argument. Whatever message it is sent, it answers with a sample. */
export interface ScaleWorkerSettings {
  readonly address: string;
  /** Of the store. */
  readonly folder: string;
  readonly cacheFolder: string;
  /** Version of the synthetic data set in the store. */
  readonly version: string;
  readonly images: number;
  readonly batches: number;
  /** Of so many parts of extraction, each is told about. */
  readonly parts: number;
}

/** The process at a moment of extraction. */
export interface ScaleSample {
  /** Batches that the extractor has been given. */
  readonly batches: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly processorSeconds: number;
  readonly rssBytes: number;
  /** In use in V8's heap, garbage included. Collecting it for a sample would change what is measured: V8 then collects all the time. */
  readonly heapBytes: number;
  readonly requests: RequestCounts;
}

export type FromScaleWorker =
  { readonly kind: 'ready' } | { readonly kind: 'sample'; readonly sample: ScaleSample };

const settings = JSON.parse(process.argv[2] ?? '') as ScaleWorkerSettings;
const counting = createCountingStore(createFileStore(settings.folder));
const send = (message: FromScaleWorker): void => void process.send?.(message);
let batches = 0;

/** Answers at once with the same feature for every picture, none of which it reads. */
function createIdleExtractor({ dimensions }: Backbone): FeatureExtractor {
  const feature = { kind: 'feature', vector: new Float32Array(dimensions).fill(0.5) } as const;
  return {
    engine: { name: 'none', version: 'computes nothing', threads: 0 },
    dimensions,
    extract(pictures, { onProgress } = {}) {
      tellPart();
      const { count } = asQueue(pictures);
      onProgress?.(count);
      const images = Array.from({ length: count }, () => feature);
      return Promise.resolve({ images, seconds: { decode: 0, inference: 0 } });
    },
    close: () => Promise.resolve(),
  };
}

function tellPart(): void {
  batches++;
  const partOf = (done: number): number => Math.floor((done * settings.parts) / settings.batches);
  if (batches === 1 || partOf(batches) > partOf(batches - 1)) tell();
}

function tell(): void {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  const sample: ScaleSample = {
    ...{ batches, at: Date.now(), processorSeconds: (user + system) / 1e6 },
    ...{ rssBytes: rss, heapBytes: heapUsed, requests: counting.counts() },
  };
  send({ kind: 'sample', sample });
}

installRuntime(createLogger());
const workers = await startWorkers({
  connection: { address: settings.address },
  namespace: 'default',
  store: counting.store,
  role: 'all',
  engine: 'onnx-cpu',
  allowedRoots: () => Promise.resolve([]),
  cacheFolder: settings.cacheFolder,
  standIns: { createExtractor: createIdleExtractor, activities: standInActivities(settings) },
});
process.on('message', tell);
process.once('disconnect', () => void workers.shutdown());
send({ kind: 'ready' });
await workers.stopped;
