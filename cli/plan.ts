import { join } from 'node:path';
import type { Command } from 'commander';
import type { BackboneDescription } from '../backbones/backbone.js';
import type { BringProgress } from '../dataset/bring-pictures.js';
import { resolveDataset } from '../dataset/known-datasets.js';
import { count } from '../dataset/quote.js';
import type { Announce } from '../infra/announcement.js';
import { cacheFolder } from '../infra/cache-folder.js';
import { type DryRun, rehearse } from '../planning/dry-run.js';
import { type Prediction, findSpeed, predict } from '../planning/speed.js';
import { readTunedSpeed } from '../planning/tuned-speed.js';
import { packageRoot } from '../runs/package-root.js';
import { resolveSettings } from '../runs/run-settings.js';
import { createDryStore } from '../storage/dry-store.js';
import type { ObjectStore } from '../storage/object-store.js';
import { openStore } from '../storage/open-store.js';
import { announceDownload, printAnnouncements } from './announcements.js';
import { createInterruption } from './interruption.js';
import { prepareBackbone } from './prepare-backbone.js';
import { computedImages, describePlan, planLine } from './print-plan.js';
import { type RunCommandOptions, addPlanOptions, isUrl, toInput } from './run-options.js';
import { TUTORIAL, fillInTutorial, namingBothDownloads } from './tutorial.js';

export function addPlan(program: Command): void {
  const verb = program
    .command('plan')
    .argument('<dataset>', 'sample, food-5k, tutorial, or a name of your own together with --source')
    .description('Tell what graft run with the same options would compute and why; write nothing.');
  addPlanOptions(verb)
    .addHelpText(
      'after',
      `
Examples:
  graft plan sample
  graft plan birds --source ./birds.zip
  graft plan food-5k --backbone vgg16 --json

The source is downloaded if it must be, and its pictures are read; the store is only read, and no Temporal is needed.
Seconds are predicted from what the last run with this backbone and engine reached, else from graft tune.`,
    )
    .action(plan);
}

async function plan(typed: string, options: RunCommandOptions): Promise<void> {
  if (typed !== TUTORIAL.name) return planDataset(typed, options, false);
  const tutorial = fillInTutorial(options);
  return namingBothDownloads(() => planDataset(TUTORIAL.dataset, tutorial, true));
}

/** @param mayDownload the backbone's weights, too */
async function planDataset(dataset: string, options: RunCommandOptions, mayDownload: boolean): Promise<void> {
  const announce = printAnnouncements(process.stderr);
  // What it reads of the store says whether there is one, before anything is downloaded.
  const store = createDryStore(await openStore(options.store));
  const input = toInput(dataset, options);
  resolveDataset(input);
  await readSomething(store);
  const backbone = await prepareBackbone(store, options, mayDownload, announce, 'Would register');
  const dryRun = await rehearseHere(store, input, options, backbone, announce);
  const prediction = await predictTime(store, dryRun, backbone, options);
  const planned = { dataset, backbone, store, dryRun, batchSize: settingsOf(input).batchSize, prediction };
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K');
  (options.json === true ? process.stderr : process.stdout).write(`${describePlan(planned)}\n`);
  if (options.json === true) process.stdout.write(`${JSON.stringify(planLine(planned))}\n`);
}

type Input = ReturnType<typeof toInput>;

const settingsOf = (input: Input) => resolveSettings(input, resolveDataset(input));

async function readSomething(store: ObjectStore): Promise<void> {
  for await (const _ of store.list('registry/')) return;
}

async function rehearseHere(
  store: ObjectStore,
  input: Input,
  { engine }: RunCommandOptions,
  backbone: BackboneDescription,
  announce: Announce,
): Promise<DryRun> {
  const { source } = input;
  const interruption = createInterruption();
  try {
    return await rehearse({
      ...{ store, engine, backbone, settings: settingsOf(input), cacheFolder: cacheFolder() },
      allowedRoots: [
        process.cwd(),
        join(packageRoot, 'samples'),
        ...(source === undefined || isUrl(source) ? [] : [source]),
      ],
      signal: interruption.signal,
      onProgress: announceDownload(announce),
      onPicture: announcePictures(announce),
    });
  } finally {
    interruption.dispose();
  }
}

async function predictTime(
  store: ObjectStore,
  { plan: drawn }: DryRun,
  { fingerprint }: BackboneDescription,
  { engine }: RunCommandOptions,
): Promise<Prediction | undefined> {
  const tuned = readTunedSpeed(cacheFolder(), engine, fingerprint);
  return predict(computedImages(drawn), await findSpeed(store, fingerprint, engine, tuned));
}

/** Pictures between two reports, and how long nobody needs any. */
const STRIDE = 100;
const PATIENCE_MS = 2_000;

function announcePictures(announce: Announce): (progress: BringProgress) => void {
  const started = performance.now();
  return ({ done, total }) => {
    if (done % STRIDE === 0 && performance.now() - started > PATIENCE_MS)
      announce({ kind: 'progress', text: `${count(done)} of ${count(total)} pictures read` });
  };
}
