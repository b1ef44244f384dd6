import { keys } from '../storage/keys.js';
import { type CorrectedLabels, relabel } from './corrections/corrected-labels.js';
import type { IndexRow, QuarantinedImage } from './dataset.js';
import type { PlacedPicture } from './layout.js';
import { objectName } from './object-name.js';
import type { PictureReading } from './picture-reading.js';
import { splitByHash, type SplitSettings } from './split-by-hash.js';

/** A row of the index, or of the quarantine. */
export type Place = { readonly row: IndexRow } | { readonly refused: QuarantinedImage };

export interface PlaceSettings {
  /** Name of the dataset. */
  readonly name: string;
  /** For pictures whose layout has no splits. */
  readonly splitSettings: SplitSettings;
  /** Labels that stand above the source's own. Default: none. */
  readonly corrections?: CorrectedLabels | undefined;
}

/** Where a picture belongs, by its path's layout and what reading it gave. */
export function placePicture(found: PlacedPicture, reading: PictureReading, settings: PlaceSettings): Place {
  const { sha256, bytes } = reading;
  const picture = relabel(found, sha256, settings.corrections);
  const split = picture.split ?? splitByHash(sha256, settings.splitSettings);
  const labelled = { split, class: picture.class, sha256, bytes };
  if ('reason' in reading) return { refused: { ...labelled, path: picture.path, reason: reading.reason } };
  const { width, height, extension } = reading;
  const [className, stem] = [objectName(picture.class), objectName(picture.stem)];
  const key = keys.image(settings.name, split, className, stem, sha256, extension);
  return { row: { ...labelled, key, width, height } };
}
