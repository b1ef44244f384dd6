import { setTimeout as pause } from 'node:timers/promises';
import { keys } from '../storage/keys.js';
import {
  ObjectConflict,
  ObjectNotFound,
  type ObjectStore,
  StoreUnavailable,
} from '../storage/object-store.js';
import { type EntryDraft, type HistoryEntry, decodeEntry, encodeEntry } from './history-entry.js';

/** How often somebody else may be faster before the store is taken to be broken. */
const MOST_ATTEMPTS = 50;

/** A condition that races is settled once every write that passed it has ended: they take milliseconds. */
const SETTLE_MS = 500;

export interface AppendOptions {
  /**
   * How long after a write the entry is read once more. Default: 500 ms, and nothing for a store of files, whose
   * conditional writes are exclusive.
   */
  readonly settleMs?: number;
}

/** What somebody has decided by a history. */
export interface Decided {
  /** The entry to add; absent where nothing changes. */
  readonly draft?: EntryDraft;
}

/** Every entry of a data set's history, by number. Throws `HistoryDamaged`. */
export async function readHistory(store: ObjectStore, dataset: string): Promise<readonly HistoryEntry[]> {
  const numbers = await listNumbers(store, dataset);
  return Promise.all(numbers.map((number) => readEntry(store, dataset, number)));
}

/** The entry of the highest number: it names the champion. Throws `HistoryDamaged`. */
export async function readNewestEntry(
  store: ObjectStore,
  dataset: string,
): Promise<HistoryEntry | undefined> {
  const newest = (await listNumbers(store, dataset)).at(-1);
  return newest === undefined ? undefined : readEntry(store, dataset, newest);
}

/**
 * Adds an entry under the next number. `decide` is asked anew whenever somebody else was faster, for what it decided by
 * has changed; where it gives no draft, nothing is written.
 *
 * The number is taken by a conditional write. Because some servers let several of them pass at once, of which the last
 * one stays, the entry is read back, and once more later; one that is somebody else's by then has lost its number and
 * goes on to the next. So no entry is lost, and none is there twice.
 *
 * @throws HistoryDamaged; StoreUnavailable where others were faster 50 times.
 */
export async function appendEntry<Decision extends Decided>(
  store: ObjectStore,
  dataset: string,
  decide: (history: readonly HistoryEntry[]) => Promise<Decision>,
  { settleMs = store.fileOf === undefined ? SETTLE_MS : 0 }: AppendOptions = {},
): Promise<{ readonly decided: Decision; readonly entry?: HistoryEntry }> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const history = await readHistory(store, dataset);
    const decided = await decide(history);
    if (decided.draft === undefined) return { decided };
    const number = (history.at(-1)?.number ?? 0) + 1;
    const key = keys.championEntry(dataset, number);
    const bytes = encodeEntry(decided.draft, number);
    if (await take(store, key, bytes, settleMs)) return { decided, entry: decodeEntry(bytes, key, number) };
  }
  throw new StoreUnavailable(
    `${keys.championHistory(dataset)} in ${store.url} grew ${MOST_ATTEMPTS} times while an entry was added to it. Try again.`,
  );
}

/** Whether the number is this entry's. */
async function take(store: ObjectStore, key: string, bytes: Uint8Array, settleMs: number): Promise<boolean> {
  try {
    await store.putIfAbsent(key, bytes);
  } catch (error) {
    if (error instanceof ObjectConflict) return false;
    throw error;
  }
  if (!(await holds(store, key, bytes))) return false;
  if (settleMs === 0) return true;
  await pause(settleMs);
  return holds(store, key, bytes);
}

async function holds(store: ObjectStore, key: string, bytes: Uint8Array): Promise<boolean> {
  try {
    return Buffer.compare(await store.get(key), bytes) === 0;
  } catch (error) {
    if (error instanceof ObjectNotFound) return false;
    throw error;
  }
}

async function listNumbers(store: ObjectStore, dataset: string): Promise<readonly number[]> {
  const prefix = keys.championHistory(dataset);
  const numbers: number[] = [];
  for await (const { key } of store.list(prefix)) {
    const [, digits] = /^([1-9]\d{0,8})\.json$/.exec(key.slice(prefix.length)) ?? [];
    if (digits !== undefined) numbers.push(Number(digits));
  }
  return numbers.sort((a, b) => a - b);
}

async function readEntry(store: ObjectStore, dataset: string, number: number): Promise<HistoryEntry> {
  const key = keys.championEntry(dataset, number);
  return decodeEntry(await store.get(key), key, number);
}
