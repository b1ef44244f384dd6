import { z } from 'zod';
import type { Sha256 } from '../dataset/dataset.js';
import { GraftError } from '../errors/graft-error.js';
import { canonicalJson } from '../runs/canonical-json.js';

const whole = z.number().int().nonnegative();
const share = z.number().min(0).max(1);

/** What two models made of the same pictures. */
const comparisonFile = z.object({
  /** The two models; `champion` is the one that had to be beaten. */
  champion: z.string(),
  challenger: z.string(),
  /** Version of the data set whose evaluation split was used. */
  version: z.string(),
  /** Names the distinct pictures of that split, whatever their labels. */
  evaluationSet: z.string(),
  /** Distinct pictures that both were scored on. */
  rows: whole,
  /** Of the split, left out: one of the two had learnt from it, or from a near duplicate. */
  seen: whole,
  /** Left out: no feature of it for one of the two. */
  withoutFeature: whole,
  /** Of `rows`: right with both, with one alone, with neither. */
  both: whole,
  onlyChampion: whole,
  onlyChallenger: whole,
  neither: whole,
  /** Shares of `rows` that are right; `null` where there is none. */
  championAccuracy: share.nullable(),
  challengerAccuracy: share.nullable(),
  /** One-sided 95 % lower bound of the challenger's accuracy less the champion's; `null` where there is none. */
  lowerBound: z.number().nullable(),
  /** Labels of the split that people have corrected, as far as anybody said. */
  editedLabels: whole.optional(),
});

const entryFile = z.object({
  format: z.literal(1),
  number: z.number().int().positive(),
  kind: z.enum(['promoted', 'rolled-back']),
  /** The champion from here on. */
  model: z.string(),
  /** The run that trained it. */
  runId: z.string(),
  /** Who decided: Graft's rule, somebody whom a run waited for, somebody at a command line. */
  by: z.enum(['policy', 'approve', 'cli']),
  /** A sentence. */
  reason: z.string(),
  /** The champion until then; absent of a data set's first. */
  before: z.string().optional(),
  /** Of `rolled-back`: number of the entry that holds again. */
  to: z.number().int().positive().optional(),
  comparison: comparisonFile.optional(),
  /** ISO 8601, UTC. */
  at: z.string(),
});

/** What two models made of the same pictures: the numbers that a promotion is decided by. */
export type Comparison = Readonly<z.infer<typeof comparisonFile>>;

/** One line of a data set's history of champions: `registry/<dataset>/history/<number>.json`. Never changed. */
export type HistoryEntry = Readonly<z.infer<typeof entryFile>>;

/** An entry before it has its number. */
export type EntryDraft = Omit<HistoryEntry, 'format' | 'number'> & { readonly model: Sha256 };

/** An entry of a history does not read. */
export class HistoryDamaged extends GraftError {}

export const encodeEntry = (draft: EntryDraft, number: number): Uint8Array =>
  Buffer.from(`${canonicalJson(entryFile.parse({ ...draft, format: 1, number }))}\n`);

/** Reads what {@link encodeEntry} wrote. Throws {@link HistoryDamaged} with the object's key. */
export function decodeEntry(bytes: Uint8Array, key: string, number: number): HistoryEntry {
  try {
    const entry = entryFile.parse(JSON.parse(Buffer.from(bytes).toString()));
    if (entry.number === number) return entry;
    throw new Error(`it calls itself number ${entry.number}`);
  } catch (cause) {
    throw new HistoryDamaged(
      `${key} does not read as an entry of a history of champions, so that nobody can tell which model is the champion. ` +
        'Bring the object back from a copy; or delete it, and the entry before it holds.',
      { cause },
    );
  }
}
