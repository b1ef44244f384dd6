import { z } from 'zod';
import { decodeModelRecord } from '../model-record.js';
import type { Calibrator } from './calibrator.js';

/** First field of the file; a change that old readers cannot understand gets another number. */
const FORMAT = 'graft-calibrator-1';

const WORDS = { file: 'calibrator.json', content: 'a calibrator', advice: 'Calibrate the model again' };

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
  const data = decodeModelRecord(bytes, calibratorFile, WORDS);
  return data.kind === 'platt'
    ? { kind: data.kind, a: data.a, b: data.b }
    : { kind: data.kind, temperature: data.temperature };
}
