import pLimit from 'p-limit';
import { z } from 'zod';
import type { Sha256 } from '../dataset/dataset.js';
import { GraftError } from '../errors/graft-error.js';
import { keys } from '../storage/keys.js';
import { ObjectConflict, type ObjectStore } from '../storage/object-store.js';
import type { RefusedImage } from './batch.js';
import { listObjects } from './list-objects.js';

/** Reads in flight: enough to hide a store's latency. */
const CONCURRENT_READS = 16;

const refusalFile = z.object({ sha256: z.string(), reason: z.string() });

/** A refusal's object is not what Graft wrote. */
export class RefusalDamaged extends GraftError {}

/**
 * Remembers that an image cannot become a feature. The first reason stays: another version of the decoder may word it
 * otherwise, and a receipt must not change for that.
 */
export async function writeRefusal(
  store: ObjectStore,
  fingerprint: Sha256,
  refusal: RefusedImage,
): Promise<void> {
  const { sha256, reason } = refusal;
  try {
    await store.putIfAbsent(
      keys.refusal(fingerprint, sha256),
      Buffer.from(JSON.stringify({ sha256, reason })),
    );
  } catch (error) {
    if (!(error instanceof ObjectConflict)) throw error;
  }
}

/** Every refused image of a fingerprint with its reason. Throws {@link RefusalDamaged}. */
export const loadRefusals = (store: ObjectStore, fingerprint: Sha256): Promise<ReadonlyMap<Sha256, string>> =>
  loadReasons(store, keys.refusals(fingerprint));

/** Remembers that an image crashed an extractor: it is left out until somebody undoes that, but not by other engines. */
export async function writeCrash(
  store: ObjectStore,
  {
    fingerprint,
    engine,
    sha256,
  }: { readonly fingerprint: Sha256; readonly engine: string; readonly sha256: Sha256 },
): Promise<void> {
  const reason = `crashed the extractor twice while it was alone (${engine})`;
  await store.replace(
    keys.crash(fingerprint, engine, sha256),
    Buffer.from(JSON.stringify({ sha256, reason })),
  );
}

/** Images of a fingerprint that crashed an extractor, with the reason: one engine's, or any's. Throws {@link RefusalDamaged}. */
export const loadCrashes = (
  store: ObjectStore,
  fingerprint: Sha256,
  engine?: string,
): Promise<ReadonlyMap<Sha256, string>> => loadReasons(store, keys.crashes(fingerprint, engine));

/** Both kinds: a picture that was refused for what it is, is not said to crash anything. */
export async function loadQuarantine(
  store: ObjectStore,
  fingerprint: Sha256,
): Promise<ReadonlyMap<Sha256, string>> {
  const [refused, crashed] = await Promise.all([
    loadRefusals(store, fingerprint),
    loadCrashes(store, fingerprint),
  ]);
  return new Map([...crashed, ...refused]);
}

async function loadReasons(store: ObjectStore, prefix: string): Promise<ReadonlyMap<Sha256, string>> {
  const limit = pLimit(CONCURRENT_READS);
  const found = await listObjects(store, prefix);
  const refusals = await limit.map(found, ({ key }) => readRefusal(store, key));
  return new Map(refusals.map(({ sha256, reason }) => [sha256, reason]));
}

async function readRefusal(store: ObjectStore, key: string): Promise<RefusedImage> {
  const bytes = await store.get(key);
  try {
    return refusalFile.parse(JSON.parse(Buffer.from(bytes).toString()));
  } catch (cause) {
    throw new RefusalDamaged(
      `${key} is damaged: expected {"sha256","reason"}. Delete the object and run again: the image is tried anew.`,
      { cause },
    );
  }
}
