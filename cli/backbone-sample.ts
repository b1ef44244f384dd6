import type { DatasetManifest, IndexRow } from '../dataset/dataset.js';
import { orderByHash } from '../dataset/order-by-hash.js';
import { BadInput } from '../errors/graft-error.js';
import type { ObjectStore } from '../storage/object-store.js';
import { openStoredDataset } from './stored-dataset.js';

/** Pictures that backbones are tested with. */
export interface BackboneSample {
  readonly manifest: DatasetManifest;
  readonly rows: readonly IndexRow[];
}

export interface SampleRequest {
  /** A data set in the store; default: that of the last completed run. */
  readonly dataset?: string;
  /** Most training pictures. */
  readonly images: number;
  /** Most validation pictures. */
  readonly validation: number;
  readonly seed: number;
}

/** Training and validation pictures that the seed chooses. Throws `BadInput` where either are none. */
export async function takeSample(
  store: ObjectStore,
  { dataset, images, validation, seed }: SampleRequest,
): Promise<BackboneSample> {
  const { manifest, rows } = await openStoredDataset(store, dataset);
  const pick = (split: 'training' | 'validation', most: number) =>
    orderByHash(
      rows.filter((row) => row.split === split),
      ({ sha256 }) => sha256,
      seed,
    ).slice(0, most);
  const [training, validated] = [pick('training', images), pick('validation', validation)];
  if (training.length > 0 && validated.length > 0) return { manifest, rows: [...training, ...validated] };
  throw new BadInput(
    `Expected training and validation pictures, received ${training.length} and ${validated.length} from ` +
      `${manifest.name}. Raise --images and --validation, or name another --dataset.`,
  );
}
