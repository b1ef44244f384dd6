import { mayPromote } from '../backbones/may-promote.js';
import { findRegistered } from '../backbones/registry.js';
import type { Sha256 } from '../dataset/dataset.js';
import type { ObjectStore } from '../storage/object-store.js';

/**
 * Why a model on this backbone may not become the champion, in a sentence; `undefined` where it may. Bundled backbones and
 * those of float32 always may.
 *
 * @param fingerprint of the network that the run was planned with.
 */
export async function explainRefusedPromotion(
  store: ObjectStore,
  backbone: string,
  fingerprint: Sha256,
): Promise<string | undefined> {
  const record = await findRegistered(store, backbone);
  if (record?.fingerprint !== fingerprint) return undefined;
  const promotion = mayPromote(record);
  return promotion.allowed ? undefined : promotion.reason;
}
