import type { ObjectStore } from '../storage/object-store.js';

/** What is examined, in this order. */
export const CHECKS = [
  'run',
  'dataset',
  'pictures',
  'backbone',
  'features',
  'model',
  'receipt',
  'sample',
] as const;
export type CheckName = (typeof CHECKS)[number];

/** One thing that is lost or altered. */
export interface Finding {
  /** `picture missing`, `shard damaged`: findings of one kind are shown together. */
  readonly kind: string;
  /** Key of the object that it is about. */
  readonly object: string;
  /** What was expected and what was found. */
  readonly detail: string;
}

/** What one check looked at and found. */
export interface CheckResult {
  readonly check: CheckName;
  /** How many of what were looked at: `{ pictures: 4000, bytes: 58889256 }`. */
  readonly counts: Readonly<Record<string, number>>;
  /** What a reader of the counts should know besides. */
  readonly note?: string;
  readonly findings: readonly Finding[];
  /** Wall time. */
  readonly seconds: number;
}

/** What a check returns besides its findings. */
export type Examined = Pick<CheckResult, 'counts' | 'note'>;

/** Where a check puts what it finds. */
export interface Findings {
  readonly list: readonly Finding[];
  add(finding: Finding): void;
  /**
   * Does some work on an object. Where the object is missing, unreadable or damaged, that becomes a finding and the result
   * is `undefined`; `consequence` is added to its detail. Throws what is no property of the object: a store that does not
   * answer at all, a defect.
   */
  attempt<Result>(about: Examination, work: () => Promise<Result> | Result): Promise<Result | undefined>;
}

/** What an attempt is about. */
export interface Examination {
  readonly store: ObjectStore;
  /** `picture`, `shard`: what kind of thing the object is. */
  readonly what: string;
  readonly object: string;
  /** What follows from its loss, for the detail. */
  readonly consequence?: string;
}
