import { Listr } from 'listr2';
import pc from 'picocolors';
import { STAGES, type StageName } from '../runs/stages.js';
import { type Progress, type StageState, isOver } from '../workflows/progress.js';
import { runningLine, stageLine } from './stage-line.js';

/** Shows a run's progress until it ends. Never rejects: how the run ended is told by its result. */
export type ShowProgress = (updates: AsyncIterable<Progress>) => Promise<void>;

/** A live list of stages for terminals, plain lines for pipes, logs and beside the JSON of `--json`. */
export function chooseProgressView(stream: NodeJS.WriteStream): ShowProgress {
  // The live list can only draw on standard output.
  return stream === process.stdout && stream.isTTY ? showLive : (updates) => printLines(updates, stream);
}

/** Between two lines about a long extraction. */
const LINE_INTERVAL_MS = 5_000;

/** Before the line of a stage that is over. */
const MARKS: Partial<Record<StageState, string>> = { done: '✔', failed: '✖', skipped: '–' };

/** One line per stage as it ends, and one every few seconds about the one that runs. */
async function printLines(updates: AsyncIterable<Progress>, stream: NodeJS.WriteStream): Promise<void> {
  const printed = new Set<StageName>();
  let lastLine = Date.now();
  let told = '';
  for await (const progress of updates) {
    for (const stage of STAGES) {
      const { state } = progress.stages[stage];
      const mark = MARKS[state];
      if (printed.has(stage) || mark === undefined) continue;
      printed.add(stage);
      stream.write(`  ${mark} ${stageLine(progress, stage, Date.now()).trimEnd()}\n`);
    }
    const running = STAGES.find((stage) => progress.stages[stage].state === 'running');
    if (running === undefined || Date.now() - lastLine < LINE_INTERVAL_MS) continue;
    const line = runningLine(progress, running, Date.now());
    if (line !== '' && line !== told) stream.write(`    ${stageLine(progress, running, Date.now())}\n`);
    told = line;
    lastLine = Date.now();
  }
}

/** Before a line: the spinner or another mark, and a space; and the column that the list leaves free behind it. */
const MARK_WIDTH = 4;

/** A spinner on the running stage, its bar and speed; finished stages keep their note. */
export async function showLive(updates: AsyncIterable<Progress>): Promise<void> {
  let latest: Progress | undefined;
  const titleOf = (stage: StageName): string =>
    latest === undefined
      ? pc.dim(stage)
      : stageLine(latest, stage, Date.now(), process.stdout.columns - MARK_WIDTH);
  const stages = STAGES.map((stage) => ({ stage, ...gate() }));
  const redraw = new Map<StageName, () => void>();
  const list = new Listr(
    stages.map(({ stage, ended }) => ({
      title: pc.dim(stage),
      task: async (_context, task) => {
        const draw = (): void => void (task.title = titleOf(stage));
        redraw.set(stage, draw);
        draw();
        if ((await ended) === 'left') task.skip(titleOf(stage));
      },
    })),
    {
      concurrent: false,
      exitOnError: true,
      // Ctrl-C is the command's own affair: the list would exit at once.
      registerSignalListeners: false,
      rendererOptions: {
        collapseErrors: true,
        showErrorMessage: false,
        formatOutput: 'truncate',
        icon: { WAITING: '·', SKIPPED_WITH_COLLAPSE: '·' },
      },
    },
  );
  const shown = list.run().catch(() => undefined);
  for await (const progress of updates) {
    latest = progress;
    for (const draw of redraw.values()) draw();
    for (const { stage, end } of stages) {
      const { state } = progress.stages[stage];
      if (state === 'done' || state === 'failed') end(state);
      if (state === 'skipped') end('left');
    }
  }
  // What has not ended by now is left as it is: interrupted, or the run failed before it.
  const isDone = latest !== undefined && isOver(latest.stage) && latest.stage !== 'failed';
  for (const { end } of stages) end(isDone ? 'done' : 'left');
  await shown;
}

type StageEnd = 'done' | 'failed' | 'left';

/** A promise of a stage's end that is settled from outside, once; it rejects where the stage failed. */
function gate(): { readonly ended: Promise<StageEnd>; readonly end: (how: StageEnd) => void } {
  let end: (how: StageEnd) => void = () => undefined;
  const ended = new Promise<StageEnd>((resolve, reject) => {
    end = (how) => (how === 'failed' ? reject(new Error('stage failed')) : resolve(how));
  });
  ended.catch(() => undefined);
  return { ended, end: (how) => end(how) };
}
