import type { Sha256 } from '../dataset/dataset.js';
import type { ObjectStore } from '../storage/object-store.js';
import { readNewestEntry } from './history.js';
import type { HistoryEntry } from './history-entry.js';

/** The promoted model of a data set. */
export interface Champion {
  /** `models/<model>/` */
  readonly model: Sha256;
  /** The run that trained it. */
  readonly runId: string;
  /** What made it the champion. */
  readonly entry: HistoryEntry;
}

/**
 * The champion of a data set; `undefined` where no model was ever promoted: then the last completed run's model is the
 * one to use. Two requests to the store. Throws `HistoryDamaged`.
 */
export async function findChampion(store: ObjectStore, dataset: string): Promise<Champion | undefined> {
  const entry = await readNewestEntry(store, dataset);
  return entry && { model: entry.model, runId: entry.runId, entry };
}
