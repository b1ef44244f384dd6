import { type Command, Option } from 'commander';
import type { RunInput } from '../runs/run-input.js';
import { parseNumber } from './parse-number.js';

/** The options that say when a model becomes the champion. */
export interface PromotionOptions {
  readonly promotionMargin?: number;
  readonly promotionOtherwise?: 'wait' | 'leave';
}

/** Declares them; their defaults are those of the workflow's input. */
export function addPromotionOptions(verb: Command): Command {
  return verb
    .option(
      '--promotion-margin <share>',
      'how much worse than the champion a model may be that takes its place (default 0.01)',
      parseNumber,
    )
    .addOption(
      new Option(
        '--promotion-otherwise <what>',
        'where the rule does not promote the model: wait for graft approve or reject, or leave the champion',
      ).choices(['wait', 'leave']),
    );
}

/** Takes them out of a command's options: what the workflow's input says of the promotion, and the rest. */
export function splitPromotionOptions<Options extends PromotionOptions>(
  options: Options,
): {
  readonly promotion: RunInput['promotion'];
  readonly rest: Omit<Options, keyof PromotionOptions>;
} {
  const { promotionMargin: margin, promotionOtherwise: otherwise, ...rest } = options;
  const isGiven = margin !== undefined || otherwise !== undefined;
  return { promotion: isGiven ? { margin, otherwise } : undefined, rest };
}
