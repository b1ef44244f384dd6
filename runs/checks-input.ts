import { z } from 'zod';
import { CHECKS, type CheckName } from '../checks/check-settings.js';
import { wholeNumber } from './number-schemas.js';

const limits = z
  .strictObject({
    warn: z.number().min(0, 'a number from 0').optional(),
    fail: z.number().min(0, 'a number from 0').optional(),
  })
  .optional();

/** How the data are looked at: docs/data-checks.md. */
export const checksInput = z.strictObject({
  /** Default true. */
  enabled: z.boolean().optional(),
  /** Looks for wrong labels in the evaluation split, too. Default false. */
  evaluationLabels: z.boolean().optional(),
  /** Memory for features, MB. Default 1024. */
  memoryMb: wholeNumber(16, 1_048_576).optional(),
  /** Of more distinct pictures only identical files and the balance are looked at. Default 100,000. */
  mostPictures: wholeNumber(0, 2 ** 31 - 1).optional(),
  /** Above what a check warns, and above what it fails: shares from 0 to 1, of `imbalance` a ratio. */
  limits: z
    .strictObject(
      Object.fromEntries(CHECKS.map((check) => [check, limits])) as Record<CheckName, typeof limits>,
    )
    .optional(),
});
