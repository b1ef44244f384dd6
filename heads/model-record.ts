import type { z } from 'zod';
import { BadInput } from '../errors/graft-error.js';

/** What one of a model's JSON files is, in words for the message where it is damaged. */
export interface ModelRecordWords {
  /** `head.json` */
  readonly file: string;
  /** `a head` */
  readonly content: string;
  /** What to do then, without a full stop: `Train the model again` */
  readonly advice: string;
}

/** Reads one of a model's JSON files, UTF-8. Throws {@link BadInput} with the first thing that is wrong. */
export function decodeModelRecord<Schema extends z.ZodType>(
  bytes: Uint8Array,
  schema: Schema,
  { file, content, advice }: ModelRecordWords,
): z.infer<Schema> {
  const damaged = (detail: string, cause?: unknown): BadInput =>
    new BadInput(`${file} is damaged or not ${content}:${detail}. ${advice}.`, { cause });
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw damaged(' expected JSON in UTF-8', cause);
  }
  const result = schema.safeParse(parsed);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : ` ${issue.path.join('.')}:`;
  throw damaged(`${where} ${issue?.message ?? `is not ${content}`}`);
}
