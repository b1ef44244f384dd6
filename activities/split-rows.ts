import type { SplitName } from '../dataset/dataset.js';
import type { SplitRows } from '../heads/training/training-data.js';
import type { DatasetFeatures } from './labelled-features.js';

/** A split as heads are trained on and scored by it. `onEngine` is told what computed each shard. */
export function splitRows(
  dataset: DatasetFeatures,
  split: SplitName,
  onEngine: (engine: string) => void = () => undefined,
): SplitRows {
  const { labels } = dataset.rowsOf(split);
  return {
    rows: labels.length,
    labels,
    load: async () => (await dataset.load(split)).features,
    async *shards() {
      for await (const { at, engine, ...features } of dataset.stream(split)) {
        onEngine(engine);
        yield { features, at, labels: at.map((row) => labels[row] ?? -1) };
      }
    },
  };
}
