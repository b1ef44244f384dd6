import { type Command, InvalidArgumentError } from 'commander';
import { CHECKS } from '../checks/check-settings.js';

/** The options that say how a run looks at its data. */
export interface CheckOptions {
  /** `false` for `--no-checks`. */
  readonly checks?: boolean;
  readonly checkEvaluationLabels?: boolean;
  readonly warnAbove?: CheckBounds;
  readonly failAbove?: CheckBounds;
}

/** A number for each check that is named. */
type CheckBounds = Readonly<Record<string, number>>;

export const addCheckOptions = (verb: Command): Command =>
  verb
    .option('--no-checks', 'look neither for duplicates and leaks nor for wrong labels')
    .option('--check-evaluation-labels', 'look for wrong labels in the evaluation split, too')
    .option('--warn-above <limits>', 'when data checks warn: leaks=0,duplicates=0.05', parseBounds)
    .option('--fail-above <limits>', 'when data checks fail: leaks=0.05,wrongLabels=0.15', parseBounds);

/** The input's field `checks`; nothing where no option was given, for the workflow's id is the input's hash. */
export function checksOf({ checks, checkEvaluationLabels, warnAbove, failAbove }: CheckOptions) {
  const names = Object.keys({ ...warnAbove, ...failAbove });
  const limits = names.map((name) => [name, { warn: warnAbove?.[name], fail: failAbove?.[name] }] as const);
  const given = {
    ...(checks === false && { enabled: false }),
    ...(checkEvaluationLabels === true && { evaluationLabels: true }),
    ...(names.length > 0 && { limits: Object.fromEntries(limits) }),
  };
  return Object.keys(given).length === 0 ? undefined : given;
}

/** The other options. */
export function withoutCheckOptions<Options extends CheckOptions>(options: Options) {
  const {
    checks: _checks,
    checkEvaluationLabels: _labels,
    warnAbove: _warn,
    failAbove: _fail,
    ...others
  } = options;
  return others;
}

function parseBounds(text: string): CheckBounds {
  const pairs = text.split(',').map((pair) => pair.split('='));
  return Object.fromEntries(
    pairs.map(([check = '', bound = '', ...rest]) => {
      const number = Number(bound);
      const isKnown = CHECKS.some((known) => known === check);
      if (isKnown && bound.trim() !== '' && number >= 0 && rest.length === 0) return [check, number];
      throw new InvalidArgumentError(
        `Expected numbers for ${CHECKS.join(', ')}, such as leaks=0.02,outliers=0.1; received "${text}".`,
      );
    }),
  );
}
