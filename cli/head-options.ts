import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ThresholdAim } from '../heads/calibration/threshold.js';
import type { HeadInput } from '../runs/head-input.js';
import { parseNumber } from './parse-number.js';

/** The options that say how a head is trained. */
export interface HeadOptions {
  readonly head?: 'logistic-regression' | 'linear-svm' | 'auto';
  readonly tune?: boolean;
  readonly C?: number;
  readonly classWeight?: 'none' | 'balanced';
  readonly standardise?: boolean;
  readonly memory?: number;
  readonly threshold?: ThresholdAim;
}

/** Declares them; their defaults are those of the workflow's input. */
export function addHeadOptions(verb: Command): Command {
  return verb
    .addOption(
      new Option(
        '--head <kind>',
        'kind of head; auto chooses it and C by validation (default logistic-regression)',
      ).choices(['logistic-regression', 'linear-svm', 'auto']),
    )
    .option('--C <number>', 'inverse strength of regularisation (default 1)', parseNumber)
    .option('--tune', 'choose C by validation')
    .addOption(new Option('--class-weight <kind>', 'weight of the classes').choices(['none', 'balanced']))
    .option('--standardise', 'train on features of mean 0 and variance 1')
    .option(
      '--memory <megabytes>',
      'what training may hold of the features (default half of the memory)',
      parseNumber,
    )
    .option(
      '--threshold <aim>',
      'choose one by validation, of two classes: f1, precision=0.99 or recall=0.95',
      parseThreshold,
    );
}

/** Takes them out of a command's options: what the workflow's input says of the head, and the rest. */
export function splitHeadOptions<Options extends HeadOptions>(
  options: Options,
): { readonly head: HeadInput | undefined; readonly rest: Omit<Options, keyof HeadOptions> } {
  const { head: kind, tune, C, classWeight, standardise, memory, threshold, ...rest } = options;
  const head = { kind, tune, C, classWeight, standardise, memory, threshold };
  return { head: Object.values(head).some((value) => value !== undefined) ? head : undefined, rest };
}

function parseThreshold(text: string): ThresholdAim {
  if (text === 'f1') return { aim: 'f1' };
  const [, aim, least] = /^(precision|recall)=(0?\.\d+|1(?:\.0*)?)$/.exec(text) ?? [];
  if ((aim === 'precision' || aim === 'recall') && Number(least) > 0) return { aim, least: Number(least) };
  throw new InvalidArgumentError(
    `Expected f1, or precision= or recall= and a number above 0 and at most 1, received "${text}".`,
  );
}
