import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveBackbone } from '../../backbones/registry.js';
import type { IndexRow, Sha256 } from '../../dataset/dataset.js';
import { openZipSource } from '../../dataset/zip-source.js';
import { restructure } from '../../dataset/restructure.js';
import { createLocalExtractor } from '../../engines/extractor/local-extractor.js';
import type { Matrix } from '../../heads/head.js';
import { createFileStore } from '../../storage/file-store.js';

/** Labelled photographs with their features in memory. */
export interface CheckedPhotographs {
  readonly rows: readonly IndexRow[];
  readonly classes: readonly string[];
  readonly dimensions: number;
  readonly readPicture: (key: string) => Promise<Uint8Array>;
  /** One row each, of photographs and of pictures that were added. */
  readonly loadFeatures: (files: readonly Sha256[]) => Promise<Matrix>;
  /** Takes in another picture, under this key; gives its hash. */
  add(key: string, bytes: Uint8Array): Promise<Sha256>;
  close(): Promise<void>;
}

const BACKBONE = 'efficientnet-lite0';
/** Pictures handed over at once. */
const AT_ONCE = 64;

/** Brings the photographs of a zip into a store of its own and computes their features, about a minute for 4,000. */
export async function openCheckedPhotographs(zip: string): Promise<CheckedPhotographs> {
  const folder = await mkdtemp(join(tmpdir(), 'graft-bench-checks-'));
  const store = createFileStore(folder);
  const source = await openZipSource(zip, { shown: zip });
  const { rows, manifest } = await restructure({
    ...{ source, store, name: 'photographs' },
    layoutOptions: { classMap: { '0': 'non_food', '1': 'food' } },
  });
  await source.close();
  const extractor = await createLocalExtractor(await resolveBackbone(BACKBONE));
  const { dimensions } = extractor;
  const features = new Map<Sha256, Float32Array>();
  const added = new Map<string, Uint8Array>();
  const readPicture = (key: string): Promise<Uint8Array> => Promise.resolve(added.get(key) ?? store.get(key));
  const compute = async (files: readonly Pick<IndexRow, 'key' | 'sha256'>[]): Promise<void> => {
    const { images } = await extractor.extract(await Promise.all(files.map(({ key }) => readPicture(key))));
    files.forEach(({ sha256 }, at) => {
      const image = images[at];
      if (image?.kind === 'feature') features.set(sha256, image.vector);
    });
  };
  const distinct = [...new Map(rows.map((row) => [row.sha256, row])).values()];
  for (let at = 0; at < distinct.length; at += AT_ONCE) await compute(distinct.slice(at, at + AT_ONCE));
  return {
    ...{ rows, classes: manifest.classes, dimensions, readPicture },
    loadFeatures(files) {
      const data = new Float32Array(files.length * dimensions);
      files.forEach((file, at) => data.set(features.get(file) ?? [], at * dimensions));
      return Promise.resolve({ rows: files.length, columns: dimensions, data });
    },
    async add(key, bytes) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      added.set(key, bytes);
      await compute([{ key, sha256 }]);
      return sha256;
    },
    async close() {
      await extractor.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
