import type { DatasetManifest, IndexRow, QuarantinedImage, SplitName } from '../../dataset/dataset.js';
import { writeVersion } from '../../dataset/dataset-store.js';
import { sortRows, versionOf } from '../../dataset/dataset-version.js';
import { type RunSettings, resolveSettings } from '../../runs/run-settings.js';
import { keys } from '../../storage/keys.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { imageHash } from '../support/feature-fixtures.js';

/** A picture whose bytes are its name; one of food begins with "food". */
export interface Meal {
  readonly name: string;
  readonly split: SplitName;
  /** Default: what its name says. */
  readonly class?: string;
}

export const MEALS: readonly Meal[] = [
  ...['food 1', 'food 2', 'food 3', 'plate 1', 'plate 2', 'plate 3'].map((name) => meal(name, 'training')),
  ...['food 4', 'plate 4'].map((name) => meal(name, 'validation')),
  ...['food 5', 'food 6', 'plate 5'].map((name) => meal(name, 'evaluation')),
];

export function meal(name: string, split: SplitName): Meal {
  return { name, split };
}

/** The input's defaults for the data set of these tests, in batches of four. */
export const mealSettings = (more: Partial<RunSettings> = {}): RunSettings => ({
  ...resolveSettings({ dataset: 'meals', source: '/meals', batchSize: 4 }, { classWeight: 'none' }),
  ...more,
});

export const rowOf = ({ name, split, class: label }: Meal): IndexRow => {
  const className = label ?? (name.startsWith('food') ? 'food' : 'non_food');
  const stem = name.replaceAll(' ', '-');
  const sha256 = imageHash(name);
  const key = keys.image('meals', split, className, stem, sha256, 'jpg');
  return { key, split, class: className, sha256, bytes: name.length, width: 8, height: 8 };
};

/** Stores pictures and index of a data set as restructuring does; returns its version. */
export async function storeMeals(
  store: ObjectStore,
  meals: readonly Meal[] = MEALS,
  quarantined: readonly QuarantinedImage[] = [],
): Promise<string> {
  const rows = sortRows(meals.map(rowOf));
  const version = versionOf(rows);
  for (const each of meals) await store.putIfAbsent(rowOf(each).key, Buffer.from(each.name));
  const counts = { training: {}, validation: {}, evaluation: {} };
  const manifest: DatasetManifest = {
    name: 'meals',
    version,
    classes: ['food', 'non_food'],
    positive: 'food',
    counts,
    images: rows.length,
    quarantined: quarantined.length,
    source: 'a test',
    licence: 'none',
  };
  await writeVersion(store, { manifest, rows, quarantined });
  return version;
}
