import { createHash } from 'node:crypto';
import type { IndexRow, SplitName } from '../../dataset/dataset.js';
import { writeVersion } from '../../dataset/dataset-store.js';
import { versionOf } from '../../dataset/dataset-version.js';
import { keys } from '../../storage/keys.js';
import type { ObjectStore } from '../../storage/object-store.js';

/** What a data set is called that has no pictures. */
export const SYNTHETIC = 'synthetic';

const CLASSES = ['food', 'non_food'] as const;
/** Of ten pictures. */
const SPLIT_OF_DIGIT: readonly SplitName[] = [
  ...Array<SplitName>(8).fill('training'),
  'validation',
  'evaluation',
];

/**
 * Writes the version of a data set whose index names pictures that nobody has: their hashes are those of a seed and a
 * number. Four fifths of them are training, one tenth each validation and evaluation.
 *
 * @returns the version's name.
 */
export async function writeSyntheticDataset(
  store: ObjectStore,
  images: number,
  seed: number,
): Promise<string> {
  const rows = Array.from({ length: images }, (_, number) => rowOf(number, seed));
  const version = versionOf(rows);
  const manifest = {
    ...{ name: SYNTHETIC, version, classes: CLASSES, positive: 'food', images, quarantined: 0 },
    ...{ source: 'none: synthetic rows', licence: 'none' },
    counts: {
      training: countClasses(rows, 'training'),
      validation: countClasses(rows, 'validation'),
      evaluation: countClasses(rows, 'evaluation'),
    },
  };
  await writeVersion(store, { manifest, rows, quarantined: [] });
  return version;
}

function rowOf(number: number, seed: number): IndexRow {
  const sha256 = createHash('sha256').update(`${seed} ${number}`).digest('hex');
  const split = SPLIT_OF_DIGIT[number % SPLIT_OF_DIGIT.length] ?? 'training';
  const label = number % 3 === 0 ? CLASSES[0] : CLASSES[1];
  const key = keys.image(SYNTHETIC, split, label, String(number), sha256, 'jpg');
  return { key, split, class: label, sha256, bytes: 50_000, width: 512, height: 384 };
}

function countClasses(rows: readonly IndexRow[], split: SplitName): Record<string, number> {
  const ofSplit = rows.filter((row) => row.split === split);
  return Object.fromEntries(
    CLASSES.map((name) => [name, ofSplit.filter((row) => row.class === name).length]),
  );
}
