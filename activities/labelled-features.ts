import type { DatasetManifest, IndexRow, QuarantinedImage, Sha256, SplitName } from '../dataset/dataset.js';
import { readIndex, readManifest } from '../dataset/dataset-store.js';
import { fileName } from '../dataset/object-name.js';
import { loadFeatureIndex } from '../features/feature-index.js';
import {
  type LoadedFeatures,
  type StreamedFeatures,
  loadFeatures,
  streamFeatures,
} from '../features/load-features.js';
import { loadRefusals } from '../features/refusals.js';
import { createLabelEncoder } from '../heads/label-encoder.js';
import type { ObjectStore } from '../storage/object-store.js';

/** Which version of which data set, through which backbone. */
interface DatasetFeaturesSubject {
  readonly dataset: string;
  readonly version: Sha256;
  readonly fingerprint: Sha256;
}

/** The rows of one split that have features, in the index's order. */
export interface LabelledRows {
  readonly rows: readonly IndexRow[];
  /** Class ids, in the label encoder's order, row by row. */
  readonly labels: Int32Array;
}

/** With their features, row by row the same. */
export interface LabelledFeatures extends LabelledRows {
  /** Images × dimensions. */
  readonly features: LoadedFeatures;
}

/** What a head is trained on and measured by. */
export interface DatasetFeatures {
  readonly manifest: DatasetManifest;
  /** Pictures of the index that the extractor refused. */
  readonly refused: readonly QuarantinedImage[];
  /**
   * Reads the features of one split. Only refused pictures are left out: one that lacks its feature for another reason
   * (a shard that was damaged after the receipt, say) throws `FeatureMissing`, for a head over fewer pictures than the
   * receipt counts would look like success.
   */
  load(split: SplitName): Promise<LabelledFeatures>;
  /** The rows that {@link load} would read the features of. */
  rowsOf(split: SplitName): LabelledRows;
  /** The features of one split shard by shard, `at` being places in its rows; otherwise as {@link load}. */
  stream(split: SplitName): AsyncIterable<StreamedFeatures>;
}

/** Opens the features of a data set's version: reads what is small, and each split when it is asked for. */
export async function openDatasetFeatures(
  store: ObjectStore,
  { dataset, version, fingerprint }: DatasetFeaturesSubject,
): Promise<DatasetFeatures> {
  const [manifest, rows, index, refusals] = await Promise.all([
    readManifest(store, dataset, version),
    readIndex(store, dataset, version),
    loadFeatureIndex(store, fingerprint),
    loadRefusals(store, fingerprint),
  ]);
  // A picture with a feature is one, even where it was refused at another time: the receipt counts it so.
  const isRefused = ({ sha256 }: IndexRow): boolean => !index.has(sha256) && refusals.has(sha256);
  const encoder = createLabelEncoder(manifest.classes);
  const rowsOf = (split: SplitName): LabelledRows => {
    const ofSplit = rows.filter((row) => row.split === split && !isRefused(row));
    return { rows: ofSplit, labels: Int32Array.from(ofSplit, (row) => encoder.encode(row.class)) };
  };
  return {
    manifest,
    refused: rows.filter(isRefused).map((row) => describeRefused(row, refusals.get(row.sha256) ?? '')),
    rowsOf,
    async load(split) {
      const labelled = rowsOf(split);
      return {
        ...labelled,
        features: await loadFeatures(store, fingerprint, index, hashesOf(labelled)),
      };
    },
    stream: (split) => streamFeatures(store, fingerprint, index, hashesOf(rowsOf(split))),
  };
}

const hashesOf = ({ rows }: LabelledRows): readonly Sha256[] => rows.map(({ sha256 }) => sha256);

function describeRefused(
  { key, split, class: name, sha256, bytes }: IndexRow,
  reason: string,
): QuarantinedImage {
  return { path: fileName(key), split, class: name, sha256, bytes, reason };
}
