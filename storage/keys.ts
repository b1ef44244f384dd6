import type { SplitName } from '../dataset/dataset.js';

/** Every object key of the store, in one place. See docs/formats.md. */
export const keys = {
  image: (
    dataset: string,
    split: SplitName,
    className: string,
    stem: string,
    sha256: string,
    extension: string,
  ) => `datasets/${dataset}/images/${split}/${className}/${stem}.${sha256.slice(0, 12)}.${extension}`,
  images: (dataset: string) => `datasets/${dataset}/images/`,

  /** What a source held when it was read last; `id` is the SHA-256 of what identifies it. */
  sourceListing: (dataset: string, id: string) => `datasets/${dataset}/sources/${id}.jsonl`,

  /** Labels that somebody corrected, as they were given: CSV. */
  corrections: (sha256: string) => `corrections/${sha256}.csv`,

  datasets: () => 'datasets/',
  /** Everything of one version. */
  datasetVersion: (dataset: string, version: string) => `datasets/${dataset}/versions/${version}/`,
  datasetIndex: (dataset: string, version: string) => `datasets/${dataset}/versions/${version}/index.parquet`,
  datasetQuarantine: (dataset: string, version: string) =>
    `datasets/${dataset}/versions/${version}/quarantine.parquet`,
  datasetManifest: (dataset: string, version: string) =>
    `datasets/${dataset}/versions/${version}/dataset.json`,
  /** Which version took the place of one that `graft forget` removed. */
  datasetSuccessor: (dataset: string, version: string) => `datasets/${dataset}/successors/${version}.json`,

  /** The networks that users registered, by name; `backbones/networks/` holds their bytes. */
  backboneRecords: () => 'backbones/',
  backboneRecord: (name: string) => `backbones/${name}.json`,
  backboneNetwork: (sha256: string) => `backbones/networks/${sha256}.onnx`,

  features: () => 'features/',
  /** Which network and recipe the features of a fingerprint come from. */
  backbone: (fingerprint: string) => `features/${fingerprint}/backbone.json`,
  shards: (fingerprint: string) => `features/${fingerprint}/shards/`,
  shard: (fingerprint: string, sha: string) => `features/${fingerprint}/shards/${sha}.parquet`,
  /** Where a shard that does not read is moved to: nothing computes with it, and nothing is lost. */
  damagedShard: (fingerprint: string, name: string, contentSha256: string) =>
    `features/${fingerprint}/damaged/${name}.${contentSha256.slice(0, 12)}.parquet`,
  damagedShards: (fingerprint: string) => `features/${fingerprint}/damaged/`,
  segments: (fingerprint: string) => `features/${fingerprint}/index/`,
  segment: (fingerprint: string, sha: string) => `features/${fingerprint}/index/${sha}.parquet`,
  refusals: (fingerprint: string) => `features/${fingerprint}/quarantine/`,
  refusal: (fingerprint: string, imageSha256: string) =>
    `features/${fingerprint}/quarantine/${imageSha256}.json`,

  /** Images that crashed an extractor, by engine. */
  crashes: (fingerprint: string, engine?: string) =>
    `features/${fingerprint}/crashed/${engine === undefined ? '' : `${engine}/`}`,
  crash: (fingerprint: string, engine: string, imageSha256: string) =>
    `features/${fingerprint}/crashed/${engine}/${imageSha256}.json`,
  /** How fast the last large enough run computed features, by engine. */
  speeds: (fingerprint: string) => `features/${fingerprint}/speed/`,
  speed: (fingerprint: string, engine: string) => `features/${fingerprint}/speed/${engine}.json`,

  runs: () => 'runs/',
  /** Everything of one run. */
  run: (runId: string) => `runs/${runId}/`,
  runInput: (runId: string) => `runs/${runId}/input.json`,
  runPlan: (runId: string) => `runs/${runId}/plan.json`,
  runPlanSegment: (runId: string, number: number, contentSha256: string) =>
    `runs/${runId}/plan/${String(number).padStart(4, '0')}.${contentSha256.slice(0, 12)}.json`,
  runPlanSegments: (runId: string) => `runs/${runId}/plan/`,
  runBatches: (runId: string) => `runs/${runId}/batches/`,
  runBatch: (runId: string, batchId: string) => `runs/${runId}/batches/${batchId}.json`,
  /** Beginning of the records of a batch's halves, which stand beside its own. */
  runBatchParts: (runId: string, batchId: string) => `runs/${runId}/batches/${batchId}-`,
  runReceipt: (runId: string) => `runs/${runId}/receipt.json`,
  /** What the data checks found: counts and examples, labels that are likely wrong, duplicates, hashes of near duplicates. */
  runChecks: (runId: string) => `runs/${runId}/checks.json`,
  runSuspects: (runId: string) => `runs/${runId}/suspects.csv`,
  runDuplicates: (runId: string) => `runs/${runId}/duplicates.csv`,
  runNearDuplicates: (runId: string) => `runs/${runId}/near-duplicates.json`,
  runMetrics: (runId: string) => `runs/${runId}/metrics.json`,
  runReport: (runId: string) => `runs/${runId}/report.html`,
  /** What a run that awaits approval would publish. */
  runOffer: (runId: string) => `runs/${runId}/offer.json`,
  /** The report's numbers and sentences, for programs. */
  runMarkdown: (runId: string) => `runs/${runId}/report.md`,
  runOutcome: (runId: string) => `runs/${runId}/outcome.json`,

  /** Everything of the models whose name begins so. */
  model: (beginning: string) => `models/${beginning}`,
  head: (model: string) => `models/${model}/head.json`,
  labelEncoder: (model: string) => `models/${model}/label-encoder.json`,
  lineage: (model: string) => `models/${model}/lineage.json`,
  /** What makes probabilities of the head's decision values; a model need not have one. */
  calibrator: (model: string) => `models/${model}/calibrator.json`,
  /** Which heads were tried, and why this one was chosen; only of models that were chosen. */
  selection: (model: string) => `models/${model}/selection.json`,

  registry: () => 'registry/',
  lastRun: (dataset: string) => `registry/${dataset}/last.json`,
  /** Who became the champion of a data set, numbered from 1: the highest number is the champion. */
  championHistory: (dataset: string) => `registry/${dataset}/history/`,
  championEntry: (dataset: string, number: number) => `registry/${dataset}/history/${number}.json`,
  /** Comparisons that decided about a promotion, by the pictures that they were made on. */
  decisions: (dataset: string, evaluationSet?: string) =>
    `registry/${dataset}/decisions/${evaluationSet === undefined ? '' : `${evaluationSet}/`}`,
  decision: (dataset: string, evaluationSet: string, id: string) =>
    `registry/${dataset}/decisions/${evaluationSet}/${id}.json`,
  /** Models that somebody turned down, by the run that offered them. */
  rejections: (dataset: string) => `registry/${dataset}/rejected/`,
  rejection: (dataset: string, runId: string) => `registry/${dataset}/rejected/${runId}.json`,
} as const;
