import { createHash } from 'node:crypto';
import type { Sha256 } from '../dataset/dataset.js';

/** The bytes of a model's objects. */
export interface ModelFiles {
  readonly head: Uint8Array;
  readonly labelEncoder: Uint8Array;
  readonly lineage: Uint8Array;
  readonly calibrator?: Uint8Array | undefined;
  readonly selection?: Uint8Array | undefined;
}

/** What a model is called: SHA-256 over its objects in this order, one after the other; the last two may be absent. */
export function nameModel({ head, labelEncoder, lineage, calibrator, selection }: ModelFiles): Sha256 {
  const hash = createHash('sha256');
  for (const file of [head, labelEncoder, lineage, calibrator, selection])
    if (file !== undefined) hash.update(file);
  return hash.digest('hex');
}
