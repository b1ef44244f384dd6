import pc from 'picocolors';
import type { StageName } from '../runs/stages.js';
import type { Progress, Waiting } from '../workflows/progress.js';
import { extractionSpeed } from '../workflows/progress-details.js';
import { escapeTerminal } from './escape-terminal.js';

const NAME_WIDTH = 12;
const NOTE_WIDTH = 48;
const SHORTEST_NOTE = 16;
const BAR_WIDTH = 21;
const SHORTEST_BAR = 5;

export const formatCount = (value: number): string => value.toLocaleString('en-US');

/**
 * One stage as one line, without its mark: name, what it did or does, seconds. `columns` is how wide it may be; the bar
 * and the note become shorter to fit.
 */
export function stageLine(progress: Progress, stage: StageName, now: number, columns = Infinity): string {
  const { state, note = '', seconds } = progress.stages[stage];
  const name = stage.padEnd(NAME_WIDTH);
  if (state === 'waiting') return pc.dim(name.trimEnd());
  if (state === 'running') {
    return `${name}  ${runningLine(progress, stage, now, columns - NAME_WIDTH - 2)}`.trimEnd();
  }
  const time = seconds === undefined ? '' : `${seconds.toFixed(1)} s`;
  const room = Math.max(SHORTEST_NOTE, columns - NAME_WIDTH - 2 - 2 - time.length);
  const shown = shorten(escapeTerminal(note), room).padEnd(Math.min(room, NOTE_WIDTH));
  return `${name}  ${shown}  ${pc.dim(time)}`.trimEnd();
}

/** What the running stage tells; of an extraction in trouble the trouble, for its counts stand still anyway. */
export function runningLine(progress: Progress, stage: StageName, now: number, columns = Infinity): string {
  const { note } = progress.stages[stage];
  if (progress.waiting !== undefined) return shorten(describeWaiting(progress.waiting), columns);
  if (note !== undefined) return shorten(escapeTerminal(note), columns);
  return stage === 'extract' ? extractionLine(progress, now, columns) : '';
}

/** `paused: lunch`, `awaits retry: 3 failed batches; …` */
export const describeWaiting = ({ for: update, because }: Waiting): string =>
  `${WAITS[update]}: ${escapeTerminal(because)}`;

const WAITS = { resume: 'paused', retry: 'awaits retry', approval: 'awaits approval' } as const;

/** `███████░░░░  34/47 batches  1,088 pictures  168/s  2 s left`, at most `columns` wide where that is possible. */
export function extractionLine(progress: Progress, now: number, columns = Infinity): string {
  const { batches, batchesDone, batchesFailed, done, refused } = progress.extraction;
  if (batches === 0) return '';
  const { imagesPerSecond, secondsLeft } = extractionSpeed(progress, now);
  const join = (parts: readonly string[]): string => parts.filter((part) => part !== '').join('  ');
  const counted = `${formatCount(batchesDone)}/${formatCount(batches)} batches`;
  const pace = join([
    imagesPerSecond === undefined ? '' : `${imagesPerSecond.toFixed(0)}/s`,
    secondsLeft === undefined ? '' : `${formatDuration(secondsLeft)} left`,
    batchesFailed === 0 ? '' : `${formatCount(batchesFailed)} failed`,
  ]);
  const full = join([counted, `${formatCount(done + refused)} pictures`, pace]);
  const text = full.length + 2 + SHORTEST_BAR <= columns ? full : join([counted, pace]);
  const barWidth = Math.min(BAR_WIDTH, Math.max(SHORTEST_BAR, columns - text.length - 2));
  const coloured = batchesFailed === 0 ? text : text.replace(/\S+ failed$/, (failed) => pc.red(failed));
  return `${bar((batchesDone + batchesFailed) / batches, barWidth)}  ${coloured}`;
}

function bar(share: number, width: number): string {
  const full = Math.round(Math.min(1, share) * width);
  return pc.green('█'.repeat(full)) + pc.dim('░'.repeat(width - full));
}

/** Cuts the middle out of a text that is too long: both ends of a path tell something. */
function shorten(text: string, width: number): string {
  if (text.length <= width) return text;
  const kept = width - 1;
  return `${text.slice(0, Math.ceil(kept / 2))}…${text.slice(text.length - Math.floor(kept / 2))}`;
}

/** `8 s`, `3 min 20 s`, `2 h 5 min` */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
}
