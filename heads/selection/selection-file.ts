import { z } from 'zod';
import { BadInput } from '../../errors/graft-error.js';
import type { Selection } from './select-head.js';

/** First field of the file; a change that old readers cannot understand gets another number. */
const FORMAT = 'graft-selection-1';

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
  const result = selectionFile.safeParse(parseJson(bytes));
  if (!result.success) {
    const [issue] = result.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? '' : ` ${issue.path.join('.')}:`;
    throw damaged(`${where} ${issue?.message ?? 'is not a selection'}`);
  }
  const { format: _format, ...selection } = result.data;
  return selection;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw damaged(' expected JSON in UTF-8', cause);
  }
}

const damaged = (detail: string, cause?: unknown): BadInput =>
  new BadInput(`selection.json is damaged or not a selection:${detail}. Train the model again.`, { cause });
