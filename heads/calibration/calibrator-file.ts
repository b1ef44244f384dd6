import { z } from 'zod';
import { BadInput } from '../../errors/graft-error.js';
import type { Calibrator } from './calibrator.js';

/** First field of the file; a change that old readers cannot understand gets another number. */
const FORMAT = 'graft-calibrator-1';

const format = z.literal(FORMAT);

/** `{"format":"graft-calibrator-1","kind":"temperature","temperature":1.3}` or `…"kind":"platt","a":-2.1,"b":0.1}`. */
const calibratorFile = z.discriminatedUnion('kind', [
  z.strictObject({ format, kind: z.literal('temperature'), temperature: z.number().positive() }),
  z.strictObject({ format, kind: z.literal('platt'), a: z.number(), b: z.number() }),
]);

/**
 * Writes a calibrator as `calibrator.json`: one line of UTF-8 JSON. Equal calibrators give equal bytes, so the file can
 * be named by its hash.
 */
export function encodeCalibrator(calibrator: Calibrator): Uint8Array {
  const file =
    calibrator.kind === 'platt'
      ? { format: FORMAT, kind: calibrator.kind, a: calibrator.a, b: calibrator.b }
      : { format: FORMAT, kind: calibrator.kind, temperature: calibrator.temperature };
  // Never write what could not be read again: NaN, say, which JSON does not have.
  return new TextEncoder().encode(`${JSON.stringify(calibratorFile.parse(file))}\n`);
}

/** Reads what {@link encodeCalibrator} wrote. Throws {@link BadInput} with the first thing that is wrong. */
export function decodeCalibrator(bytes: Uint8Array): Calibrator {
  const result = calibratorFile.safeParse(parseJson(bytes));
  if (!result.success) {
    const [issue] = result.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? '' : ` ${issue.path.join('.')}:`;
    throw damaged(`${where} ${issue?.message ?? 'is not a calibrator'}`);
  }
  const { data } = result;
  return data.kind === 'platt'
    ? { kind: data.kind, a: data.a, b: data.b }
    : { kind: data.kind, temperature: data.temperature };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw damaged(' expected JSON in UTF-8', cause);
  }
}

const damaged = (detail: string, cause?: unknown): BadInput =>
  new BadInput(`calibrator.json is damaged or not a calibrator:${detail}. Calibrate the model again.`, {
    cause,
  });
