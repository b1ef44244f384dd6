import type { Sha256 } from '../dataset/dataset.js';
import { keys } from '../storage/keys.js';
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

/** The data sets that have a history of champions, in code point order. */
export async function listChampionDatasets(store: ObjectStore): Promise<readonly string[]> {
  const datasets = new Set<string>();
  for await (const { key } of store.list(keys.registry())) {
    const [, dataset = '', folder, file] = key.split('/');
    if (folder === 'history' && file !== undefined) datasets.add(dataset);
  }
  return [...datasets];
}
