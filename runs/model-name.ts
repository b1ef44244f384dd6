import { createHash } from 'node:crypto';
import type { Sha256 } from '../dataset/dataset.js';

/** The bytes of a model's objects. */
export interface ModelFiles {
  readonly head: Uint8Array;
  readonly labelEncoder: Uint8Array;
  readonly lineage: Uint8Array;
}

/** What a model is called: SHA-256 over its three objects, one after the other. */
export const nameModel = ({ head, labelEncoder, lineage }: ModelFiles): Sha256 =>
  createHash('sha256').update(head).update(labelEncoder).update(lineage).digest('hex');
