import { createHash } from 'node:crypto';
import type { Sha256, SplitName } from '../dataset/dataset.js';
import type { Maker } from './makers.js';
import { ICON_CLASSES, type IconClass, type ThingsByClass } from './select-icons.js';

/** What `icons.json` holds: enough to check the archive against, and to credit its makers. */
export interface SampleManifest {
  readonly archive: 'icons.zip';
  /** Of the archive. */
  readonly sha256: Sha256;
  /** Size of the archive. */
  readonly bytes: number;
  readonly images: number;
  readonly positive: IconClass;
  /** Of the lot that drew the things that are no food. */
  readonly seed: number;
  readonly counts: Readonly<Record<SplitName, Readonly<Record<IconClass, number>>>>;
  readonly makers: readonly (Omit<Maker, 'sha256'> & { readonly images: number })[];
  /** What the pictures show: every maker draws each of them once. */
  readonly things: ThingsByClass;
}

/** Describes `archive`, in which each of `makers` draws each of `things` once. */
export function describeSample(
  archive: Uint8Array,
  makers: readonly Maker[],
  things: ThingsByClass,
  seed: number,
): SampleManifest {
  const perMaker = ICON_CLASSES.reduce((sum, iconClass) => sum + things[iconClass].length, 0);
  const countSplit = (split: SplitName): Record<IconClass, number> => {
    const hands = makers.filter((maker) => maker.split === split).length;
    return { food: hands * things.food.length, non_food: hands * things.non_food.length };
  };
  return {
    archive: 'icons.zip',
    sha256: createHash('sha256').update(archive).digest('hex'),
    bytes: archive.length,
    images: perMaker * makers.length,
    positive: 'food',
    seed,
    counts: {
      training: countSplit('training'),
      validation: countSplit('validation'),
      evaluation: countSplit('evaluation'),
    },
    makers: makers.map(({ sha256: _pinned, ...maker }) => ({ ...maker, images: perMaker })),
    things,
  };
}
