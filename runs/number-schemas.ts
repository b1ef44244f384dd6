import { z } from 'zod';

/** A whole number of an input. */
export const wholeNumber = (least: number, most: number) =>
  z
    .number()
    .int(`a whole number from ${least} to ${most}`)
    .min(least, `a whole number from ${least} to ${most}`)
    .max(most, `a whole number from ${least} to ${most}`);

export const numberAbove = (bound: number) => z.number().gt(bound, `a number above ${bound}`);
