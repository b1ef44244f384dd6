import type { IndexRow, Sha256 } from '../dataset/dataset.js';
import type { Matrix } from '../heads/head.js';
import type { CheckSettings } from './check-settings.js';
import { findNearDuplicates } from './duplicates/find-near-duplicates.js';
import { groupPairs, membersOf } from './duplicates/group-pairs.js';
import { keepThumbnails } from './duplicates/keep-thumbnails.js';
import { findOutliers } from './find-outliers.js';
import type { Findings } from './findings.js';
import { foundPicture, groupByFile, pictureAt } from './found-picture.js';
import { lookAtLabels } from './look-at-labels.js';
import { type FeatureRows, rowsOf } from './neighbours/feature-rows.js';
import { type MultiplyRows, findNeighbours } from './neighbours/find-neighbours.js';

/** What is looked at. */
export interface LookedData {
  /** Rows of the index with a feature. */
  readonly rows: readonly IndexRow[];
  /** In the label encoder's order. */
  readonly classes: readonly string[];
  /** Length of a feature. */
  readonly dimensions: number;
  readonly settings: CheckSettings;
}

/** Where pictures and features come from, and what computes. */
export interface LookDeps {
  /** Features of these files, one row each. */
  readonly loadFeatures: (files: readonly Sha256[]) => Promise<Matrix>;
  readonly readPicture: (key: string) => Promise<Uint8Array>;
  readonly multiply: MultiplyRows;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks at a data set through features that are there already: identical files, near duplicates, labels that are likely
 * wrong, outliers, balance. Each distinct file is looked at once, whatever its copies.
 *
 * Features take at most `memoryMb`: above a third of it they are read block by block and labels are not looked at.
 */
export async function lookAtData(data: LookedData, deps: LookDeps): Promise<Findings> {
  const { rows, dimensions, settings } = data;
  const files = groupByFile(rows);
  const distinct = [...files.values()].flatMap(([first]) => first ?? []);
  const counted = {
    pictures: rows.length,
    distinct: distinct.length,
    evaluated: new Set(rows.flatMap((row) => (row.split === 'evaluation' ? [row.sha256] : []))).size,
    identical: [...files.values()].filter(({ length }) => length > 1).map((same) => same.map(foundPicture)),
    balance: countTraining(data),
  };
  if (distinct.length > settings.mostPictures) {
    const because = `There are ${distinct.length} distinct pictures, more than mostPictures ${settings.mostPictures}.`;
    return { ...counted, near: because, groups: [], labels: because, outliers: because };
  }
  const bytes = distinct.length * dimensions * 4;
  const room = settings.memoryMb * 1e6;
  const loaded =
    bytes <= room / 3 ? await deps.loadFeatures(distinct.map(({ sha256 }) => sha256)) : undefined;
  const features = loaded === undefined ? inStore(distinct, dimensions, deps) : rowsOf(loaded);
  const similar = await lookAtSimilar(features, distinct, room, deps);
  const { groupOf, ...found } = similar;
  const groups = membersOf(groupOf).map((group) => group.flatMap((row) => distinct[row]?.sha256 ?? []));
  const labels =
    loaded === undefined
      ? `The features take ${Math.ceil(bytes / 1e6)} MB, more than a third of memoryMb ${settings.memoryMb}.`
      : await lookAtLabels({ ...data, features: loaded, distinct, groupOf }, deps);
  return { ...counted, ...found, groups, labels };
}

const inStore = (
  distinct: readonly IndexRow[],
  dimensions: number,
  { loadFeatures }: LookDeps,
): FeatureRows => ({
  rows: distinct.length,
  columns: dimensions,
  read: (from, to) => loadFeatures(distinct.slice(from, to).map(({ sha256 }) => sha256)),
});

/** @param room memory in bytes. */
async function lookAtSimilar(
  features: FeatureRows,
  distinct: readonly IndexRow[],
  room: number,
  { multiply, readPicture, signal }: LookDeps,
) {
  // Two blocks are held, each as it was read and scaled.
  const neighbours = await findNeighbours(features, multiply, { blockBytes: room / 6, signal });
  const thumbnailOf = keepThumbnails((row) => readPicture(distinct[row]?.key ?? ''));
  const { pairs, compared } = await findNearDuplicates(neighbours, thumbnailOf, signal);
  const { limit, rows } = findOutliers(neighbours);
  return {
    near: {
      compared,
      pairs: pairs.map(({ rows: [a, b], cosine, layout, detail }) => ({
        pictures: [pictureAt(distinct, a), pictureAt(distinct, b)] as const,
        ...{ cosine, layout, detail },
      })),
    },
    outliers: {
      limit,
      outliers: rows.map(({ row, distance }) => ({ picture: pictureAt(distinct, row), distance })),
    },
    groupOf: groupPairs(
      distinct.length,
      pairs.map((pair) => pair.rows),
    ),
  };
}

function countTraining({ rows, classes }: LookedData): Readonly<Record<string, number>> {
  const counts = new Map(classes.map((name) => [name, 0]));
  for (const row of rows)
    if (row.split === 'training') counts.set(row.class, (counts.get(row.class) ?? 0) + 1);
  return Object.fromEntries(counts);
}
