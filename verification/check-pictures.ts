import type { IndexRow } from '../dataset/dataset.js';
import { inParallel } from '../dataset/in-parallel.js';
import { keys } from '../storage/keys.js';
import type { Examined, Findings } from './finding.js';
import { hashObject } from './hash-object.js';
import type { Subject } from './open-run.js';

/** Pictures read at once: hides a store's latency and holds at most 64 MB. */
const CONCURRENT_PICTURES = 16;

export interface PictureOptions {
  /** Only existence and size. */
  readonly quick: boolean;
  readonly onProgress: (done: number) => void;
}

/** Examines every picture of the index: there, and with the SHA-256 that the index says. */
export async function checkPictures(
  subject: Subject,
  rows: readonly IndexRow[],
  { quick, onProgress }: PictureOptions,
  findings: Findings,
): Promise<Examined> {
  if (quick) return checkSizes(subject, rows, findings);
  let bytes = 0;
  let done = 0;
  await inParallel(rows, CONCURRENT_PICTURES, async (row) => {
    const read = await checkPicture(subject, row, findings);
    bytes += read;
    onProgress(++done);
  });
  return { counts: { pictures: rows.length, bytes } };
}

/** How many bytes were read. */
async function checkPicture({ store }: Subject, row: IndexRow, findings: Findings): Promise<number> {
  const { key: object, sha256, bytes } = row;
  const found = await findings.attempt({ store, what: 'picture', object }, () => hashObject(store, object));
  if (found !== undefined && (found.sha256 !== sha256 || found.bytes !== bytes))
    findings.add({
      kind: 'picture altered',
      object,
      detail: `expected ${bytes} bytes of SHA-256 ${sha256}, found ${found.bytes} of ${found.sha256}`,
    });
  return found?.bytes ?? 0;
}

/** A listing tells a thousand sizes per request, where asking for each takes one request. */
async function checkSizes(
  { store, outcome: { dataset } }: Subject,
  rows: readonly IndexRow[],
  findings: Findings,
): Promise<Examined> {
  const open = new Map(rows.map((row) => [row.key, row]));
  const judge = ({ key: object, bytes }: IndexRow, size: number): void => {
    if (size === bytes) return;
    findings.add({ kind: 'picture altered', object, detail: `expected ${bytes} bytes, found ${size}` });
  };
  for await (const { key, size } of store.list(keys.images(dataset))) {
    const row = open.get(key);
    if (row === undefined) continue;
    open.delete(key);
    judge(row, size);
  }
  // Listings of folders leave out links, which can be read all the same.
  await inParallel(open.values(), CONCURRENT_PICTURES, async (row) => {
    const found = await findings.attempt({ store, what: 'picture', object: row.key }, async () => ({
      size: (await store.head(row.key))?.size,
    }));
    if (found?.size !== undefined) judge(row, found.size);
    else if (found !== undefined)
      findings.add({ kind: 'picture missing', object: row.key, detail: 'the store has no such object' });
  });
  return { counts: { pictures: rows.length }, note: 'existence and size only' };
}
