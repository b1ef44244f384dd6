import { basename } from 'node:path/posix';
import type { Command } from 'commander';
import { BadInput } from '../errors/graft-error.js';
import { forgetImage } from '../housekeeping/forget-image.js';
import type { ImageTraces } from '../housekeeping/image-traces.js';
import { type KnowingRun, findKnowingRuns, isNamed } from '../housekeeping/knowing-runs.js';
import { nameImage } from '../housekeeping/name-image.js';
import type { PictureUse } from '../housekeeping/picture-use.js';
import { countOf } from '../report/numbers.js';
import type { ObjectStore } from '../storage/object-store.js';
import { openStore } from '../storage/open-store.js';
import { escapeTerminal } from './escape-terminal.js';
import { quoteWord } from './quote-word.js';
import { DEFAULT_STORE, storeOption } from './store-option.js';

interface ForgetOptions {
  readonly store: string;
  readonly yes?: boolean;
  readonly keepReports?: boolean;
  readonly ignoreOpenRuns?: boolean;
}

export function addForget(program: Command): void {
  program
    .command('forget')
    .argument(
      '<image>',
      "a picture's SHA-256 or 12 digits of its beginning, its file, or its key (datasets/…)",
    )
    .description('Show what a store holds of one picture; with --yes, remove all of it.')
    .addOption(storeOption())
    .option('--yes', 'remove it')
    .option('--keep-reports', 'keep the reports of runs that knew it, although they may show it')
    .option('--ignore-open-runs', 'also where runs have not ended: their server is gone for good')
    .addHelpText('after', '\nExamples:\n  graft forget my-lunch.jpg\n  graft forget 3f2a9c01d4e5 --yes')
    .action(forget);
}

async function forget(reference: string, options: ForgetOptions): Promise<void> {
  const store = await openStore(options.store);
  const traces = await nameImage(store, reference);
  const { knowing, open } = await findKnowingRuns(store, traces);
  const keepReports = options.keepReports === true;
  write(`${[`Picture ${traces.sha256}`, ...describe(traces, knowing, keepReports)].join('\n')}\n`);
  if (options.yes === true) {
    if (options.ignoreOpenRuns !== true) assertNothingRuns(store, open);
    await forgetImage(store, traces, knowing, { keepReports });
    write(`Removed from ${store.url}.\n`);
  } else {
    const elsewhere = options.store === DEFAULT_STORE ? '' : ` --store ${quoteWord(options.store)}`;
    write(
      `Nothing was changed in ${store.url}. Remove it: graft forget ${traces.sha256} --yes${elsewhere}\n`,
    );
  }
  if (knowing.length > 0) write('graft verify names what is gone of the runs that knew it.\n');
  write(
    'A later run brings it back if its source still holds it; downloads in the cache may hold it, too.\n',
  );
}

/** A run that goes on would lose the version and the shards that it works with, or write the picture again. */
function assertNothingRuns(store: ObjectStore, open: readonly string[]): void {
  const [first] = open;
  if (first === undefined) return;
  throw new BadInput(
    `${countOf(open.length, 'run')} in ${store.url} ${open.length === 1 ? 'has' : 'have'} not ended, and nothing was removed: wait for ${first}, or end it with graft cancel ${first}; where its server is gone for good, add --ignore-open-runs.`,
  );
}

/** What is there of the picture and what becomes of it, a line each. */
function describe(traces: ImageTraces, runs: readonly KnowingRun[], keepReports: boolean): readonly string[] {
  const { pictures, features, quarantine, versions, listings } = traces;
  return [
    ...pictures.map((key) => `  picture    ${escapeTerminal(key)}`),
    ...features.map(
      ({ fingerprint, shards }) =>
        `  feature    in ${countOf(shards, 'shard')} of ${fingerprint.slice(0, 12)}, written anew without it`,
    ),
    ...quarantine.map((key) => `  refusal    ${key}`),
    ...versions.map(
      ({ dataset, version, rows }) =>
        `  data set   ${dataset}, version ${version.slice(0, 12)}: ${rows > 0 ? 'replaced by one without it' : 'named among the refused'}`,
    ),
    ...listings.map(
      ({ dataset, key, paths }) =>
        `  listing    ${dataset}, source ${basename(key).slice(0, 12)}: ${paths.length > 0 ? 'written anew without it' : 'does not read, and goes'}`,
    ),
    ...runs.map((run) => `  known to   ${describeRun(run, keepReports)}`),
    ...describeModels(runs),
  ];
}

/** What is true of models that stay, by what the picture was to them. */
const MODELS: readonly (readonly [PictureUse, string])[] = [
  ['trained', 'were trained with it and stay; train again to be rid of that'],
  ['evaluated', 'were only evaluated on it and stay: they have learnt nothing from it'],
  [
    'unknown',
    'may have been trained with it, for their version of the data set is gone, and stay; train again to be rid of that',
  ],
];

function describeModels(runs: readonly KnowingRun[]): readonly string[] {
  return MODELS.flatMap(([use, what]) => {
    const models = new Set(runs.flatMap((run) => (run.use === use ? (run.model ?? []) : [])));
    const names = [...models].map((model) => model.slice(0, 12)).join(', ');
    return names === '' ? [] : [`  models     ${names} ${what}`];
  });
}

function describeRun(run: KnowingRun, keepReports: boolean): string {
  const { runId, dataset, startedAt, model, use, hasReport, planSegments, batches, findings } = run;
  const goes = [
    ...(hasReport && !keepReports ? ['report.html'] : []),
    ...(planSegments.length > 0 ? ['plan'] : []),
    ...(batches.length > 0 ? ['failed batches'] : []),
    ...(findings.length > 0 ? ['what data checks found'] : []),
  ];
  const stays = hasReport && keepReports ? ', report.html may show it and stays' : '';
  const gone = goes.length === 0 ? '' : `, without ${goes.join(', ')} afterwards`;
  const isGuess = model !== undefined && use === 'unknown' && !isNamed(run);
  const perhaps = isGuess ? ' (perhaps: its version of the data set is gone)' : '';
  return `run ${runId} of ${dataset}, ${startedAt.slice(0, 10)}${perhaps}${gone}${stays}`;
}

const write = (text: string): void => void process.stdout.write(text);
