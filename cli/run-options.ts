import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { EngineKind } from '../engines/choice/engine-kind.js';
import { type RunInput, parseRunInput } from '../runs/run-input.js';
import { type CheckOptions, addCheckOptions, checksOf, withoutCheckOptions } from './check-options.js';
import { engineOption } from './engine-option.js';
import { type HeadOptions, addHeadOptions, splitHeadOptions } from './head-options.js';
import { parseNumber } from './parse-number.js';
import { type PromotionOptions, addPromotionOptions, splitPromotionOptions } from './promotion-options.js';
import { storeOption } from './store-option.js';

/** The options that become a run's input. */
export interface InputOptions extends HeadOptions, PromotionOptions, CheckOptions {
  readonly source?: string;
  readonly sha256?: string;
  readonly classMap?: Readonly<Record<string, string>>;
  readonly positive?: string;
  readonly seed?: number;
  readonly maxBadImageRate?: number;
  readonly rehash?: boolean;
  readonly backbone?: string;
  readonly batchSize?: number;
  readonly window?: number;
}

/** What `graft run` understands. */
export interface RunCommandOptions extends InputOptions {
  readonly store: string;
  readonly engine: EngineKind;
  readonly weights?: string;
  /** Path of a corrections file. */
  readonly labels?: string;
  readonly json?: boolean;
  readonly ui: boolean;
}

/** Declares the options of `graft run`. */
export const addRunOptions = (verb: Command): Command =>
  addPlanOptions(verb)
    .option(
      '--labels <file>',
      'CSV of corrected labels: columns label and sha256 (or path), as in suspects.csv',
    )
    .option('--no-ui', 'exit after the run also on a terminal');

/** Declares those that `graft plan` understands, too: they mean the same there. */
export function addPlanOptions(verb: Command): Command {
  return addInputOptions(verb)
    .addOption(storeOption())
    .addOption(engineOption())
    .option('--weights <file>', 'Keras weights (.h5) of the backbone vgg16 or vgg19, registered first')
    .option('--json', 'end with one line of JSON on standard output; everything else goes to standard error');
}

/** Declares the options that become a run's input; their defaults are those of the workflow's input. */
export function addInputOptions(verb: Command): Command {
  verb
    .option('--source <place>', 'folder, .zip file or http(s) URL of a zip')
    .option('--sha256 <hex>', 'expected SHA-256 of the archive')
    .option('--class-map <pairs>', 'names of the labels of a flat layout: 0=non_food,1=food', parseClassMap)
    .option('--positive <class>', 'the class that precision, recall and ROC are about')
    .option('--seed <number>', 'seed of the split, for sources without splits (default 0)', parseNumber)
    .option(
      '--max-bad-image-rate <share>',
      'refuse a data set with more unreadable pictures (default 0.01)',
      parseNumber,
    )
    .option('--rehash', 'read every picture, also those that have not changed since the last run')
    .option('--backbone <name>', 'the frozen network (default efficientnet-lite0; graft backbone list)')
    .option('--batch-size <images>', 'pictures per extraction activity (default 64)', parseNumber)
    .option('--window <batches>', 'extraction activities open at once (default 16)', parseNumber);
  return addCheckOptions(addPromotionOptions(addHeadOptions(verb)));
}

/** The workflow's input that the options ask for. Throws `BadInput`. */
export function toInput(dataset: string, options: InputOptions & Partial<RunCommandOptions>): RunInput {
  const { head, rest } = splitHeadOptions(withoutCheckOptions(options));
  const { promotion, rest: others } = splitPromotionOptions(rest);
  const { source, ...more } = others;
  const {
    store: _store,
    engine: _engine,
    json: _json,
    ui: _ui,
    weights: _weights,
    labels: _labels,
    ...same
  } = more;
  const given = {
    dataset,
    source: source === undefined || isUrl(source) ? source : resolve(source),
    ...same,
    head,
    promotion,
    checks: checksOf(options),
  };
  // Through JSON, so that options that were not given are absent, as in an input from the Temporal CLI.
  return parseRunInput(JSON.parse(JSON.stringify(given)));
}

/** Whether a source is an address; `C:\\pictures` is none. */
export const isUrl = (source: string): boolean => /^[a-z][a-z\d+.-]+:\/\//i.test(source);

function parseClassMap(text: string): Record<string, string> {
  const pairs = text.split(',').map((pair) => pair.split('='));
  return Object.fromEntries(
    pairs.map(([label, name, ...rest]) => {
      if (label && name && rest.length === 0) return [label, name];
      throw new InvalidArgumentError(`Expected pairs such as 0=non_food,1=food, received "${text}".`);
    }),
  );
}
