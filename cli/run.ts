import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import pc from 'picocolors';
import { createBackboneResolver } from '../backbones/registry.js';
import { parseCorrections } from '../dataset/corrections/parse-corrections.js';
import { storeCorrections } from '../dataset/corrections/stored-corrections.js';
import { resolveDataset } from '../dataset/known-datasets.js';
import { assertRuns } from '../engines/choice/assert-runs.js';
import type { EngineKind } from '../engines/choice/engine-kind.js';
import { BadInput } from '../errors/graft-error.js';
import { cacheFolder } from '../infra/cache-folder.js';
import { graftVersion } from '../runs/graft-version.js';
import type { ObjectStore } from '../storage/object-store.js';
import { openStore } from '../storage/open-store.js';
import { printAnnouncements } from './announcements.js';
import { followRun } from './follow-run.js';
import { createInterruption } from './interruption.js';
import { prepareBackbone } from './prepare-backbone.js';
import { printJson, printSummary } from './print-summary.js';
import { type RunCommandOptions, addRunOptions, isUrl, toInput } from './run-options.js';
import { goOn } from './go-on.js';
import { openSession } from './session.js';
import { startRun } from './start-run.js';
import { environmentProfile } from './temporal-profile.js';
import { TUTORIAL, fillInTutorial, namingBothDownloads } from './tutorial.js';

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
  const labels = options.labels === undefined ? undefined : await readLabels(options.labels);
  const typed = toInput(dataset, options);
  // The workers ask, too; here it costs no server.
  resolveDataset(typed);
  const output = options.json === true ? process.stderr : process.stdout;
  const store = await openStore(options.store);
  await store.check();
  const input = labels === undefined ? typed : { ...typed, labels: await storeCorrections(store, labels) };
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
    const { handle, joined } = await startRun(session.client, input);
    if (joined)
      output.write(
        `Joined the running workflow ${handle.workflowId}.${await goOn(handle, { session, interruption })}\n\n`,
      );
    const summary = await followRun(handle, {
      ...{ session, output, interruption, store },
      address: options.store,
    });
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

/** What is wrong in the file costs no server; whether its pictures exist, the run tells. */
async function readLabels(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new BadInput(`--labels ${path} cannot be read. Correct the path.`, { cause });
  });
  parseCorrections(bytes);
  return bytes;
}

/** Each batch would fail otherwise, one after the other; workers of a named server have engines of their own. */
const assertRunsHere = (store: ObjectStore, engine: EngineKind, name: string): Promise<void> =>
  assertRuns(engine, () => createBackboneResolver({ store, cacheFolder: cacheFolder() })(name));
