import type { IndexRow, Sha256 } from '../dataset/dataset.js';
import { readIndex } from '../dataset/dataset-store.js';
import { GraftError } from '../errors/graft-error.js';
import type { CalibratedHead } from '../heads/calibration/calibrated-head.js';
import type { Head, Matrix } from '../heads/head.js';
import type { PairedOutcomes } from '../heads/statistics/paired-outcomes.js';
import type { ObjectStore } from '../storage/object-store.js';
import { type EvaluationRows, pickEvaluationRows } from './evaluation-rows.js';
import type { FeatureSource } from './feature-source.js';
import type { Comparison } from './history-entry.js';
import { readLearntPictures } from './learnt-pictures.js';

/** A model and what it was made of. */
export interface ComparedModel {
  readonly model: Sha256;
  /** Of the data set that it was trained on. */
  readonly version: Sha256;
  readonly fingerprint: Sha256;
}

/** How often two models agreed about the same pictures. */
type PairCounts = Pick<Comparison, 'rows' | 'both' | 'onlyChampion' | 'onlyChallenger' | 'neither'>;

export interface ComparisonDeps {
  readonly store: ObjectStore;
  readonly features: FeatureSource;
  readonly readHead: (model: Sha256) => Promise<CalibratedHead>;
  /** Class ids of features, row by row. */
  readonly predict: (head: CalibratedHead, features: Matrix) => ArrayLike<number>;
  /** One-sided 95 % lower bound of the first one's accuracy (the challenger's) less the second's; of 1 row or more. */
  readonly lowerBound: (outcomes: PairedOutcomes) => number;
}

export interface ComparisonRequest {
  readonly dataset: string;
  /** Current version of the data set: its evaluation split judges. */
  readonly version: Sha256;
  readonly champion: ComparedModel;
  readonly challenger: ComparedModel;
  /** Near duplicates of each other, by hash. Default: none are known. */
  readonly groups?: readonly (readonly Sha256[])[];
  /** Labels of the evaluation split that people have corrected. */
  readonly editedLabels?: number;
}

/** Two models cannot be judged by the same pictures. */
export class CannotCompare extends GraftError {}

/**
 * Scores two models on the same rows: the evaluation split of the current version, without any picture (or near duplicate)
 * that either one learnt from, and without those that lack a feature of one of the two backbones. Each model reads the
 * features of its own backbone; a class that it does not know it gets wrong.
 *
 * Throws {@link CannotCompare} where nobody can tell what a model learnt from.
 */
export async function compareModels(
  deps: ComparisonDeps,
  { dataset, version, champion, challenger, groups = [], editedLabels }: ComparisonRequest,
): Promise<Comparison> {
  const learnt = await learntByEither(deps.store, dataset, [champion, challenger]);
  const index = await readIndex(deps.store, dataset, version);
  const picked = pickEvaluationRows(index, learnt, groups);
  const rows = await withFeatures(deps.features, picked, [champion, challenger]);
  const pairs = countPairs(...(await judgeBoth(deps, rows, champion, challenger)));
  return {
    ...{ champion: champion.model, challenger: challenger.model, version },
    ...{ evaluationSet: picked.evaluationSet, seen: picked.seen },
    withoutFeature: picked.rows.length - rows.length,
    ...pairs,
    championAccuracy: share(pairs.both + pairs.onlyChampion, pairs.rows),
    challengerAccuracy: share(pairs.both + pairs.onlyChallenger, pairs.rows),
    lowerBound: pairs.rows === 0 ? null : finite(deps.lowerBound(outcomesOf(pairs))),
    ...(editedLabels !== undefined && { editedLabels }),
  };
}

async function learntByEither(
  store: ObjectStore,
  dataset: string,
  models: readonly ComparedModel[],
): Promise<ReadonlySet<Sha256>> {
  const learnt = new Set<Sha256>();
  for (const { model, version } of models) {
    const pictures = await readLearntPictures(store, dataset, version);
    if (pictures === undefined)
      throw new CannotCompare(
        `Nobody can tell which pictures the model ${model.slice(0, 12)} learnt from: version ${version.slice(0, 12)} of ${dataset} is gone from ${store.url}.`,
      );
    for (const sha256 of pictures) learnt.add(sha256);
  }
  return learnt;
}

async function withFeatures(
  features: FeatureSource,
  { rows }: EvaluationRows,
  models: readonly ComparedModel[],
): Promise<readonly IndexRow[]> {
  const available = await Promise.all(models.map(({ fingerprint }) => features.available(fingerprint)));
  return rows.filter(({ sha256 }) => available.every((index) => index.has(sha256)));
}

/** Features of one backbone are read once, and those of two are not in memory together. */
async function judgeBoth(
  deps: ComparisonDeps,
  rows: readonly IndexRow[],
  champion: ComparedModel,
  challenger: ComparedModel,
): Promise<readonly [readonly boolean[], readonly boolean[]]> {
  const judge = async (...models: readonly ComparedModel[]): Promise<readonly (readonly boolean[])[]> => {
    const [fingerprint = ''] = models.map((each) => each.fingerprint);
    if (rows.length === 0) return models.map(() => []);
    const hashes = rows.map(({ sha256 }) => sha256);
    const features = await deps.features.load(fingerprint, hashes);
    const heads = await Promise.all(models.map(({ model }) => deps.readHead(model)));
    return heads.map((head) => findRight(rows, head, deps.predict(head, features)));
  };
  const judged =
    champion.fingerprint === challenger.fingerprint
      ? await judge(champion, challenger)
      : [...(await judge(champion)), ...(await judge(challenger))];
  return [judged[0] ?? [], judged[1] ?? []];
}

const findRight = (rows: readonly IndexRow[], head: Head, ids: ArrayLike<number>): readonly boolean[] =>
  rows.map((row, at) => head.classes[ids[at] ?? -1] === row.class);

function countPairs(champion: readonly boolean[], challenger: readonly boolean[]): PairCounts {
  const count = (ofChampion: boolean, ofChallenger: boolean): number =>
    champion.filter((right, at) => right === ofChampion && challenger[at] === ofChallenger).length;
  return {
    rows: champion.length,
    both: count(true, true),
    onlyChampion: count(true, false),
    onlyChallenger: count(false, true),
    neither: count(false, false),
  };
}

/** The same counts with the challenger first. */
export const outcomesOf = ({ rows, onlyChallenger, onlyChampion }: PairCounts): PairedOutcomes => ({
  rows,
  onlyFirst: onlyChallenger,
  onlySecond: onlyChampion,
});

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
