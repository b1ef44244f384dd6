import { z } from 'zod';
import { decodeModelRecord } from '../model-record.js';
import type { Selection } from './select-head.js';

/** First field of the file; a change that old readers cannot understand gets another number. */
const FORMAT = 'graft-selection-1';

const WORDS = { file: 'selection.json', content: 'a selection', advice: 'Train the model again' };

/** What selection tried and why it chose, without the heads. */
export type SelectionRecord = Omit<Selection<unknown>, 'head' | 'calibrator'>;

const candidate = z.strictObject({
  kind: z.enum(['logistic-regression', 'linear-svm']),
  C: z.number().positive(),
  decade: z.int(),
  logLoss: z.number(),
  accuracy: z.number(),
  converged: z.boolean(),
});

const selectionFile = z.strictObject({
  format: z.literal(FORMAT),
  candidates: z.array(candidate).min(1),
  winner: candidate,
  reason: z.string(),
  spread: z.number().positive(),
  folds: z.int().positive(),
  seed: z.int(),
});

/** Writes `selection.json`: one line of UTF-8 JSON. Equal selections give equal bytes. */
export function encodeSelection(selection: SelectionRecord): Uint8Array {
  const { candidates, winner, reason, spread, folds, seed } = selection;
  const file = { format: FORMAT, candidates, winner, reason, spread, folds, seed };
  return new TextEncoder().encode(`${JSON.stringify(selectionFile.parse(file))}\n`);
}

/** Reads what {@link encodeSelection} wrote. Throws {@link BadInput} with the first thing that is wrong. */
export function decodeSelection(bytes: Uint8Array): SelectionRecord {
  const { format: _format, ...selection } = decodeModelRecord(bytes, selectionFile, WORDS);
  return selection;
}
