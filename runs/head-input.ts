import { z } from 'zod';
import { numberAbove, wholeNumber } from './number-schemas.js';

const share = z.number().gt(0, 'a number above 0 and at most 1').max(1, 'a number above 0 and at most 1');

const threshold = z.union(
  [
    z.strictObject({ aim: z.literal('f1') }),
    z.strictObject({ aim: z.enum(['precision', 'recall']), least: share }),
  ],
  '{"aim":"f1"}, or {"aim":"precision"} or {"aim":"recall"} with "least", a number above 0 and at most 1',
);

/** How the head is trained. */
export const headInput = z
  .strictObject({
    /** `auto` chooses kind and C by validation. Default `logistic-regression`. */
    kind: z.enum(['logistic-regression', 'linear-svm', 'auto']).optional(),
    /** Inverse strength of L2 regularisation. Default 1. */
    C: numberAbove(0).optional(),
    /** Chooses C by validation. Default false. */
    tune: z.boolean().optional(),
    /** Default `none`, as in scikit-learn; the sample's own default is `balanced`. */
    classWeight: z.enum(['none', 'balanced']).optional(),
    /** Fits columns of mean 0 and variance 1; what is stored takes the features as they are. Default false. */
    standardise: z.boolean().optional(),
    /** Relative tolerance on the gradient. Default 1e-8. */
    tol: numberAbove(0).optional(),
    /** Default 100, where a linear SVM may be fitted 1,000. */
    maxIterations: wholeNumber(1, 1_000_000).optional(),
    /** Megabytes that features and solver may hold; beyond, features are read again and again. Default half of the memory. */
    memory: wholeNumber(64, 2 ** 20).optional(),
    /** A threshold to choose by validation, apart from everything else; two classes only. Default: none. */
    threshold: threshold.optional(),
  })
  .refine(({ C, kind, tune }) => C === undefined || (tune !== true && kind !== 'auto'), {
    message: 'no C together with "tune" or "auto", which choose it',
    path: ['C'],
  });

export type HeadInput = z.infer<typeof headInput>;
