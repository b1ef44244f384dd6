/** What is done to a run, and how the summary calls it. */
export const FAULTS = {
  worker: 'worker killed (-9)',
  extractor: 'extractor killed (-9)',
  server: 'server killed (-9)',
  freeze: 'worker frozen beyond its heartbeats',
  error: 'store answers 5xx',
  silence: 'store never answers',
  'half write': 'write cut in the middle',
  'lost write': 'write done, answer lost',
  'half read': 'read cut in the middle',
  full: 'file system full',
  shard: 'shard corrupted',
} as const;

export type FaultKind = keyof typeof FAULTS;

export const KINDS = Object.keys(FAULTS) as readonly FaultKind[];

/** Those that end or stop a process, so that the batches in its hands have to be done again. */
export type KillKind = 'worker' | 'extractor' | 'server' | 'freeze';

export const isKill = (kind: FaultKind): kind is KillKind =>
  ['worker', 'extractor', 'server', 'freeze'].includes(kind);

/** A bucket behind a proxy that does harm, or a folder. */
export type StoreKind = 's3' | 'file';

/** One fault, before it happens. */
export interface Fault {
  readonly kind: FaultKind;
  readonly store: StoreKind;
  /** Seconds between the recovery from the fault before and this one. */
  readonly pauseSeconds: number;
  /** From 0 to 1: how long it lasts, within what is usual for its kind. */
  readonly severity: number;
  /** From 0 to 1: which of those that it may hit. */
  readonly aim: number;
}
