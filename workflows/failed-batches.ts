import type { FailedBatch } from './progress.js';

/** The failed batches of a run, and which plan segment each belongs to. */
export interface FailedBatches {
  add(segment: number, batches: readonly FailedBatch[]): void;
  /** Takes those of these names out, or all. */
  take(ids?: readonly string[]): ReadonlyMap<number, readonly FailedBatch[]>;
  has(id: string): boolean;
  /** In the order in which they failed. */
  all(): readonly FailedBatch[];
  readonly count: number;
}

export function createFailedBatches(): FailedBatches {
  const failed = new Map<string, { readonly segment: number; readonly batch: FailedBatch }>();
  return {
    add(segment, batches) {
      for (const batch of batches) {
        const images = (failed.get(batch.id)?.batch.images ?? 0) + batch.images;
        failed.set(batch.id, { segment, batch: { ...batch, images } });
      }
    },
    take(ids = [...failed.keys()]) {
      const taken = new Map<number, FailedBatch[]>();
      for (const id of ids) {
        const found = failed.get(id);
        if (found === undefined || !failed.delete(id)) continue;
        taken.set(found.segment, [...(taken.get(found.segment) ?? []), found.batch]);
      }
      return taken;
    },
    has: (id) => failed.has(id),
    all: () => [...failed.values()].map(({ batch }) => batch),
    get count() {
      return failed.size;
    },
  };
}
