import { z } from 'zod';
import type { Sha256 } from '../dataset/dataset.js';
import { canonicalJson } from '../runs/canonical-json.js';
import { keys } from '../storage/keys.js';
import { ObjectConflict, type ObjectStore } from '../storage/object-store.js';

const rejectionFile = z.object({
  model: z.string(),
  runId: z.string(),
  reason: z.string(),
  /** ISO 8601, UTC. */
  at: z.string(),
});

/** A model that somebody turned down: `registry/<dataset>/rejected/<runId>.json`. The champion stays. */
export type Rejection = Readonly<z.infer<typeof rejectionFile>> & { readonly model: Sha256 };

/** Keeps that a run's model was turned down; the first reason stays. */
export async function rejectModel(store: ObjectStore, dataset: string, rejection: Rejection): Promise<void> {
  const body = Buffer.from(`${canonicalJson({ format: 1, ...rejectionFile.parse(rejection) })}\n`);
  try {
    await store.putIfAbsent(keys.rejection(dataset, rejection.runId), body);
  } catch (error) {
    // The same update came twice, or somebody said it with other words.
    if (!(error instanceof ObjectConflict)) throw error;
  }
}

/** Every rejection of a data set; damaged ones are left out, for they only inform. */
export async function listRejections(store: ObjectStore, dataset: string): Promise<readonly Rejection[]> {
  const rejections: Rejection[] = [];
  for await (const { key } of store.list(keys.rejections(dataset))) {
    const rejection = parse(await store.get(key));
    if (rejection !== undefined) rejections.push(rejection);
  }
  return rejections;
}

function parse(bytes: Uint8Array): Rejection | undefined {
  try {
    return rejectionFile.parse(JSON.parse(Buffer.from(bytes).toString()));
  } catch {
    return undefined;
  }
}
