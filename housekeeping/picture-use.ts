import type { SplitName } from '../dataset/dataset.js';
import { followSuccessors } from '../dataset/successor.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { VersionTrace } from './image-traces.js';
import { type StoredVersion, listVersions } from './stored-versions.js';

/**
 * What a picture was to the runs of a version: `trained` on it (training and validation, for validation chooses and
 * calibrates), `evaluated` on it alone, `refused` before the index, `absent`; `unknown` where the version is gone.
 */
export type PictureUse = 'trained' | 'evaluated' | 'refused' | 'absent' | 'unknown';

/** Tells what a picture was to the runs of a version. */
type FindUse = (version: StoredVersion) => Promise<PictureUse>;

/**
 * Knows what one picture was to the runs of every version, by the versions that hold it.
 *
 * A version that an earlier `graft forget` replaced lacks nothing but forgotten pictures: where the one in its place holds
 * the picture, it did, too. Where that does not hold it, the picture may have been forgotten before, and come back since.
 */
export async function knowUses(store: ObjectStore, traces: readonly VersionTrace[]): Promise<FindUse> {
  const there = new Set((await listVersions(store)).map(nameVersion));
  const traceOf = new Map(traces.map((trace) => [nameVersion(trace), trace]));
  return async ({ dataset, version }) => {
    for await (const each of followSuccessors(store, dataset, version)) {
      const name = nameVersion({ dataset, version: each });
      const trace = traceOf.get(name);
      if (trace !== undefined && trace.splits.length > 0) return useIn(trace.splits);
      if (!there.has(name)) continue;
      if (each !== version) return 'unknown';
      return trace === undefined ? 'absent' : 'refused';
    }
    return 'unknown';
  };
}

const nameVersion = ({ dataset, version }: StoredVersion): string => `${dataset}/${version}`;

const useIn = (splits: readonly SplitName[]): PictureUse =>
  splits.every((split) => split === 'evaluation') ? 'evaluated' : 'trained';
