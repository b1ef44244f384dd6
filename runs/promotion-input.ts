import { z } from 'zod';

/** When the model becomes the champion, and what follows where the rule does not make it so. */
export const promotionInput = z.strictObject({
  /** Share of pictures by which a model may be worse than the champion and still take its place. Default 0.01. */
  margin: z.number().min(0, 'a number from 0 to below 1').lt(1, 'a number from 0 to below 1').optional(),
  /**
   * Where the rule does not promote the model: `wait` for `approve` or `reject`, or `leave` the champion and end. Default
   * `wait`; `leave` of a run that does not wait for retries either (`onFailedBatches` is `fail`).
   */
  otherwise: z.enum(['wait', 'leave']).optional(),
});
