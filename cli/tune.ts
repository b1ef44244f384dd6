import { type Command, InvalidArgumentError } from 'commander';
import type { Backbone } from '../backbones/backbone.js';
import { createBackboneResolver } from '../backbones/registry.js';
import type { EngineKind } from '../engines/choice/engine-kind.js';
import { requireEngine } from '../engines/choice/require-engine.js';
import type { Tuned } from '../engines/tuning/descent.js';
import { forgetTuning, keepTuning, tuningKey } from '../engines/tuning/kept-tuning.js';
import { makeSamplePictures } from '../engines/tuning/sample-pictures.js';
import { describeSetting } from '../engines/tuning/setting.js';
import { tune } from '../engines/tuning/tune.js';
import { cacheFolder } from '../infra/cache-folder.js';
import { openStore } from '../storage/open-store.js';
import { engineOption } from './engine-option.js';
import { Interrupted } from './interrupted.js';
import { createInterruption } from './interruption.js';
import { tuningHeader, tuningRow, tuningStart } from './print-tuning.js';
import { storeOption } from './store-option.js';
import { readTuningPictures } from './tuning-pictures.js';

interface TuneOptions {
  readonly store: string;
  readonly engine: EngineKind;
  readonly pictures?: string;
  readonly seconds: number;
  readonly memory?: number;
  readonly forget?: boolean;
  readonly json?: boolean;
}

/** A setting that is so much faster from one measurement to the next tells that it had company. */
const NOISY = 1.25;

/** Pictures to go round: enough that they differ, few enough for memory. */
const PICTURES = 32;

export function addTune(program: Command): void {
  program
    .command('tune')
    .argument(
      '[backbone]',
      'a network that comes with Graft or is registered in the store',
      'efficientnet-lite0',
    )
    .description('Measure how this machine runs a network fastest, and keep the choice for later commands.')
    .addOption(storeOption())
    .addOption(engineOption())
    .option('--pictures <folder|zip>', 'pictures to measure with (default: made-up ones of 512 × 384)')
    .option('--seconds <number>', 'begin no further measurement after so long', parsePositive, 180)
    .option(
      '--memory <GB>',
      'the most that the extractor may take (default: 1, or 0.25 a core)',
      parsePositive,
    )
    .option('--forget', 'forget what was chosen for this network, engine and machine, and measure nothing')
    .option('--json', 'print the rows and the choice as one line of JSON')
    .addHelpText(
      'after',
      `
Examples:
  graft tune
  graft tune vgg16 --pictures ./Food-5K.zip
  graft tune vgg16 --forget

What is chosen changes the speed and no feature. Workers and graft classify use it from their next start on.`,
    )
    .action(tuneCommand);
}

async function tuneCommand(name: string, options: TuneOptions): Promise<void> {
  const { engine, json = false } = options;
  requireEngine(engine);
  const store = await openStore(options.store);
  const backbone = await createBackboneResolver({ store, cacheFolder: cacheFolder() })(name);
  if (options.forget === true) return forget(backbone, engine);
  const pictures =
    options.pictures === undefined
      ? await makeSamplePictures(PICTURES)
      : await readTuningPictures(store, options.pictures, PICTURES, backbone);
  const interruption = createInterruption();
  const print = (line: string): void => {
    if (!json) process.stdout.write(`${line}\n`);
  };
  try {
    print(`${backbone.name} on ${describeMachine(backbone, engine)}\n\n${tuningHeader()}`);
    const tuned = await tune({
      backbone,
      engine,
      cacheFolder: cacheFolder(),
      pictures,
      seconds: options.seconds,
      ...(options.memory !== undefined && { memory: options.memory * 1e9 }),
      signal: interruption.signal,
      onStart: (sample) => print(tuningStart(sample)),
      onRow: (row) => print(tuningRow(row)),
    });
    const { setting, imagesPerSecond } = tuned;
    const file = await keepTuning(cacheFolder(), tuningKey(backbone, engine), setting, imagesPerSecond);
    if (json)
      process.stdout.write(`${JSON.stringify({ backbone: backbone.name, engine, ...tuned, file })}\n`);
    print(describeChoice(tuned, file));
  } catch (error) {
    throw interruption.signal.aborted ? new Interrupted('Interrupted: nothing was kept.') : error;
  } finally {
    interruption.dispose();
  }
}

async function forget(backbone: Backbone, engine: EngineKind): Promise<void> {
  const forgotten = await forgetTuning(cacheFolder(), tuningKey(backbone, engine));
  const said = forgotten ? 'Forgotten: the next worker starts with the defaults.' : 'Nothing was kept.';
  process.stdout.write(`${said}\n`);
}

function describeMachine(backbone: Backbone, engine: EngineKind): string {
  const { cpu, cores, engineVersion } = tuningKey(backbone, engine);
  return `${engine} (${engineVersion}), ${cpu}, ${cores} cores`;
}

function describeChoice({ setting, rows, isCutShort }: Tuned, file: string): string {
  const isChanged = rows.some(({ outcome }) => outcome === 'better');
  return [
    '',
    `${isChanged ? 'Chosen' : 'The start stays'}: ${describeSetting(setting)}`,
    `Kept in ${file}`,
    ...describeNoise(rows),
    ...(isCutShort ? ['Time ran out before every candidate had its turn: --seconds gives more.'] : []),
  ].join('\n');
}

/** Beside others that compute, ratios are chance; those of a quiet machine repeat within a few per cent. */
function describeNoise(rows: Tuned['rows']): readonly string[] {
  const scatter = Math.max(...rows.map((row) => row.scatter ?? 1));
  if (scatter < NOISY) return [];
  return [
    `One and the same setting was up to ${scatter.toFixed(1)} times as fast as a moment before: something else uses this machine. ` +
      'Tune again when it does not.',
  ];
}

function parsePositive(text: string): number {
  const number = Number(text);
  if (Number.isFinite(number) && number > 0) return number;
  throw new InvalidArgumentError(`Expected a number above 0, received "${text}".`);
}
