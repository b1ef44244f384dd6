import type { Command } from 'commander';
import pc from 'picocolors';
import { createBackboneResolver } from '../backbones/registry.js';
import { resolveDataset } from '../dataset/known-datasets.js';
import { assertRuns } from '../engines/choice/assert-runs.js';
import type { EngineKind } from '../engines/choice/engine-kind.js';
import { cacheFolder } from '../infra/cache-folder.js';
import { graftVersion } from '../runs/graft-version.js';
import type { RunInput } from '../runs/run-input.js';
import type { RunSummary } from '../runs/run-summary.js';
import type { ObjectStore } from '../storage/object-store.js';
import { openStore } from '../storage/open-store.js';
import { printAnnouncements } from './announcements.js';
import { EXIT } from './exit-codes.js';
import { createInterruption, type Interruption } from './interruption.js';
import { prepareBackbone } from './prepare-backbone.js';
import { printJson, printSummary } from './print-summary.js';
import { quoteWord } from './quote-word.js';
import { type RunCommandOptions, addRunOptions, isUrl, toInput } from './run-options.js';
import { type Session, openSession } from './session.js';
import { chooseProgressView } from './show-progress.js';
import { startRun } from './start-run.js';
import { environmentProfile } from './temporal-profile.js';
import { TUTORIAL, fillInTutorial, namingBothDownloads } from './tutorial.js';
import { watchProgress } from './watch-progress.js';

export function addRun(program: Command): void {
  const verb = program
    .command('run')
    .argument('<dataset>', 'sample, food-5k, tutorial, or a name of your own together with --source')
    .description(
      'Turn labelled pictures into a tested classifier; what is there already is not computed again.',
    );
  addRunOptions(verb)
    .addHelpText(
      'after',
      `
Examples:
  graft run sample
  graft run food-5k
  graft backbone add vgg16 && graft run food-5k --backbone vgg16
  graft run tutorial
  graft run tutorial --source Food-5K.zip --weights vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5
  graft run birds --source ./birds.zip --store s3://pictures/graft
  graft run lunch --source https://example.org/lunch.zip --class-map 0=other,1=lunch

tutorial is no data set of its own but a whole experiment: food-5k through the backbone vgg16 (both are
downloaded unless --source and --weights give them), then logistic regression with C = 1 and no sweep.`,
    )
    .action(run);
}

async function run(typed: string, options: RunCommandOptions): Promise<void> {
  if (typed !== TUTORIAL.name) return runDataset(typed, options);
  const tutorial = fillInTutorial(options);
  return namingBothDownloads(() => runDataset(TUTORIAL.dataset, tutorial, TUTORIAL.description));
}

/** @param experiment what a preset does, for people; its backbone may be downloaded */
async function runDataset(dataset: string, options: RunCommandOptions, experiment?: string): Promise<void> {
  const input = toInput(dataset, options);
  // The workers ask, too; here it costs no server.
  resolveDataset(input);
  const output = options.json === true ? process.stderr : process.stdout;
  const store = await openStore(options.store);
  await store.check();
  const announce = printAnnouncements(process.stderr);
  if (experiment !== undefined) output.write(`${experiment}\n\n`);
  const { name, title } = await prepareBackbone(store, options, experiment !== undefined, announce);
  if (environmentProfile() === undefined) await assertRunsHere(store, options.engine, name);
  const interruption = createInterruption();
  const session = await openSession({
    store,
    kind: 'run',
    engine: options.engine,
    allowedRoots: [],
    typedSource: input.source === undefined || isUrl(input.source) ? undefined : input.source,
    announce,
    signal: interruption.signal,
  });
  try {
    output.write(`graft ${graftVersion} · ${dataset} · ${title}\n`);
    output.write(
      `Temporal     ${session.server}${session.uiUrl === undefined ? '' : `\nTemporal UI  ${session.uiUrl}`}\n`,
    );
    output.write(`Store        ${store.url}\n\n`);
    const summary = await follow(session, input, output, interruption);
    if (summary === undefined) return;
    printSummary(summary, store, session, output, options.store);
    if (options.json === true) printJson(summary, store);
    if (session.embedded && options.ui && process.stdout.isTTY) {
      output.write(`${pc.dim('The Temporal UI stays up; Ctrl-C ends it.')}\n`);
      await Promise.race([interruption.requested, session.failed]);
    }
  } finally {
    await session.close();
    interruption.dispose();
  }
}

/** Each batch would fail otherwise, one after the other; workers of a named server have engines of their own. */
const assertRunsHere = (store: ObjectStore, engine: EngineKind, name: string): Promise<void> =>
  assertRuns(engine, () => createBackboneResolver({ store, cacheFolder: cacheFolder() })(name));

/** Starts or joins the workflow and shows it until it ends; undefined where Ctrl-C came first. */
async function follow(
  session: Session,
  input: RunInput,
  output: NodeJS.WriteStream,
  interruption: Interruption,
): Promise<RunSummary | undefined> {
  const { handle, joined } = await startRun(session.client, input);
  if (joined) output.write(`Joined the running workflow ${handle.workflowId}.\n\n`);
  const result = session.client.withAbortSignal(session.closing, () => handle.result());
  const ended = Promise.race([result, session.failed, interruption.requested.then(() => undefined)]);
  const shown = chooseProgressView(output)(watchProgress(handle, ended));
  try {
    const summary = await ended;
    await shown;
    if (summary !== undefined) return summary;
    output.write(
      `\nStopping; running batches get 10 seconds. A second Ctrl-C exits at once.\n` +
        `The workflow ${handle.workflowId} is kept with all that is done. Resume it with the same command:\n` +
        `  ${resumeCommand()}\n`,
    );
    process.exitCode = EXIT.interrupted;
    return undefined;
  } catch (error) {
    await shown;
    throw error;
  }
}

/** The command as it was typed, for copying. */
const resumeCommand = (): string => ['graft', ...process.argv.slice(2)].map(quoteWord).join(' ');
