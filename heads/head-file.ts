import { z } from 'zod';
import type { Head, HeadSettings } from './head.js';
import { compareCodePoints } from './label-encoder.js';
import { decodeModelRecord } from './model-record.js';

/** First field of the file; a change that old readers cannot understand gets another number. */
const FORMAT = 'graft-head-1';

const WORDS = { file: 'head.json', content: 'a head', advice: 'Train the model again' };

const headFile = z
  .strictObject({
    format: z.literal(FORMAT),
    kind: z.enum(['logistic-regression', 'linear-svm']),
    classes: z.array(z.string()).min(2),
    coef: z.array(z.array(z.number()).min(1)).min(1),
    intercept: z.array(z.number()),
    settings: z.strictObject({
      C: z.number().positive(),
      classWeight: z.enum(['none', 'balanced']),
      tol: z.number().positive(),
      maxIterations: z.int().positive(),
      standardise: z.literal(true).optional(),
    }),
    convergence: z.strictObject({
      converged: z.boolean(),
      iterations: z.int().nonnegative(),
      gradientNorm: z.number().nonnegative(),
      objective: z.number(),
    }),
  })
  .superRefine((file, context) => {
    for (const message of disagreements(file)) context.addIssue({ code: 'custom', message });
  });

type HeadFile = z.infer<typeof headFile>;

/**
 * Writes a head as `head.json`: one line of UTF-8 JSON. Equal heads give equal bytes, whatever the order of their
 * fields, so the file can be named by its hash. Every float64 comes back exactly, but −0 as 0.
 */
export function encodeHead(head: Head): Uint8Array {
  const { settings, convergence } = head;
  const file: HeadFile = {
    format: FORMAT,
    kind: head.kind,
    classes: [...head.classes],
    coef: head.coef.map((row) => [...row]),
    intercept: [...head.intercept],
    settings: orderSettings(settings),
    convergence: {
      converged: convergence.converged,
      iterations: convergence.iterations,
      gradientNorm: convergence.gradientNorm,
      objective: convergence.objective,
    },
  };
  // Never write what could not be read again: NaN, say, which JSON does not have.
  return new TextEncoder().encode(`${JSON.stringify(headFile.parse(file))}\n`);
}

/** Reads what {@link encodeHead} wrote. Throws {@link BadInput} with the first thing that is wrong. */
export function decodeHead(bytes: Uint8Array): Head {
  const file = decodeModelRecord(bytes, headFile, WORDS);
  const { kind, classes, coef, intercept, settings, convergence } = file;
  return {
    kind,
    classes,
    coef: coef.map((row) => Float64Array.from(row)),
    intercept,
    settings: orderSettings(settings),
    convergence,
  };
}

/** `standardise` is absent where it is off: heads of before there was the setting keep their bytes, and so their names. */
const orderSettings = ({
  C,
  classWeight,
  tol,
  maxIterations,
  standardise,
}: HeadFile['settings']): HeadSettings => ({
  C,
  classWeight,
  tol,
  maxIterations,
  ...(standardise === true && { standardise }),
});

/** What no field shows alone. */
function disagreements({ classes, coef, intercept }: HeadFile): string[] {
  const outputs = classes.length === 2 ? 1 : classes.length;
  const dimensions = coef[0]?.length ?? 0;
  const found: string[] = [];
  if (classes.some((label, id) => id > 0 && compareCodePoints(classes[id - 1] ?? '', label) >= 0))
    found.push('expected classes in code point order without repetition');
  if (coef.length !== outputs || intercept.length !== outputs)
    found.push(
      `expected ${outputs} rows of coef and intercepts for ${classes.length} classes, received ${coef.length} and ${intercept.length}`,
    );
  if (coef.some((row) => row.length !== dimensions)) found.push('expected rows of coef of one length');
  return found;
}
