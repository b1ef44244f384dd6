import type { Sha256 } from '../dataset/dataset.js';

/** What can become garbage, in the order in which it is printed, with why nobody needs it. */
export const GARBAGE_KINDS = {
  superseded: 'shards of which another shard holds every picture, and counts',
  unreferenced: 'shards of pictures that no version of a data set holds',
  damaged: 'damaged shards, set aside when their pictures were computed again',
  plans: 'plans of runs that have ended',
  failures: 'records of batches that failed, of runs that have ended',
  unfinished: 'writes and uploads that were abandoned',
} as const;

export type GarbageKind = keyof typeof GARBAGE_KINDS;

/** Something that nobody needs any more. */
export interface Garbage {
  readonly kind: GarbageKind;
  /** Key of the object; of an unfinished write its name. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Of a shard: where its index is, and the shard's own name there. */
  readonly shard?: { readonly fingerprint: Sha256; readonly name: Sha256 };
  /** Of a plan's segment. */
  readonly runId?: string;
  /** Of what is no object. */
  readonly remove?: () => Promise<void>;
}

/** What decides whether something is old enough. */
export interface AgeGuard {
  /** Nothing written after this moment is garbage: somebody may be about to refer to it. */
  readonly before: Date;
}

/** Whether an object is old enough; one whose age nobody knows is not. */
export const isOld = ({ modified }: { readonly modified?: Date }, { before }: AgeGuard): boolean =>
  modified !== undefined && modified < before;
