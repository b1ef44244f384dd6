import { Listr } from 'listr2';
import pc from 'picocolors';
import { STAGES, type StageName } from '../runs/stages.js';
import type { Progress } from '../workflows/progress.js';
import { extractionLine, stageLine } from './stage-line.js';

/** Shows a run's progress until it ends. Never rejects: how the run ended is told by its result. */
export type ShowProgress = (updates: AsyncIterable<Progress>) => Promise<void>;

/** A live list of stages for terminals, plain lines for pipes and logs. */
export function chooseProgressView(stream: NodeJS.WriteStream): ShowProgress {
  return stream.isTTY ? showLive : (updates) => printLines(updates, stream);
}

/** Between two lines about a long extraction. */
const LINE_INTERVAL_MS = 5_000;

/** One line per stage as it ends, and one every few seconds of extraction. */
async function printLines(updates: AsyncIterable<Progress>, stream: NodeJS.WriteStream): Promise<void> {
  const printed = new Set<StageName>();
  let lastLine = Date.now();
  for await (const progress of updates) {
    for (const stage of STAGES) {
      const { state } = progress.stages[stage];
      if (printed.has(stage) || (state !== 'done' && state !== 'failed')) continue;
      printed.add(stage);
      stream.write(`  ${state === 'done' ? '✔' : '✖'} ${stageLine(progress, stage, Date.now()).trimEnd()}\n`);
    }
    if (progress.stages.extract.state === 'running' && Date.now() - lastLine > LINE_INTERVAL_MS) {
      lastLine = Date.now();
      stream.write(`    extract       ${extractionLine(progress, lastLine)}\n`);
    }
  }
}

/** A spinner on the running stage, its bar and speed; finished stages keep their note. */
async function showLive(updates: AsyncIterable<Progress>): Promise<void> {
  const stages = STAGES.map((stage) => ({ stage, ...gate() }));
  const titles = new Map<StageName, (title: string) => void>();
  const list = new Listr(
    stages.map(({ stage, opened }) => ({
      title: pc.dim(stage),
      task: async (_context, task) => {
        titles.set(stage, (title) => (task.title = title));
        await opened;
      },
    })),
    {
      concurrent: false,
      exitOnError: true,
      rendererOptions: { collapseErrors: true, showErrorMessage: false },
    },
  );
  const shown = list.run().catch(() => undefined);
  let latest: Progress | undefined;
  for await (const progress of updates) {
    latest = progress;
    for (const { stage, open, fail } of stages) {
      titles.get(stage)?.(stageLine(progress, stage, Date.now()));
      if (progress.stages[stage].state === 'done') open();
      if (progress.stages[stage].state === 'failed') fail();
    }
    // The list goes on to its next stage after this turn of the event loop; its title is set at the next update.
  }
  for (const { open, fail } of stages) (latest?.stage === 'completed' ? open : fail)();
  await shown;
}

/** A promise that is opened or failed from outside. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void; readonly fail: () => void } {
  let open = (): void => undefined;
  let fail = (): void => undefined;
  const opened = new Promise<void>((resolve, reject) => {
    open = resolve;
    fail = () => reject(new Error('stage failed'));
  });
  opened.catch(() => undefined);
  return { opened, open: () => open(), fail: () => fail() };
}
