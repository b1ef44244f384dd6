import pc from 'picocolors';
import type { StageName } from '../runs/stages.js';
import type { Progress } from '../workflows/progress.js';
import { extractionSpeed } from '../workflows/progress-details.js';

const NAME_WIDTH = 12;
const NOTE_WIDTH = 48;
const BAR_WIDTH = 21;

export const formatCount = (value: number): string => value.toLocaleString('en-US');

/** One stage as one line, without its mark: name, what it did or does, seconds. */
export function stageLine(progress: Progress, stage: StageName, now: number): string {
  const { state, note, seconds } = progress.stages[stage];
  const name = stage.padEnd(NAME_WIDTH);
  if (state === 'waiting') return pc.dim(name.trimEnd());
  if (state === 'running')
    return `${name}  ${stage === 'extract' ? extractionLine(progress, now) : ''}`.trimEnd();
  return `${name}  ${(note ?? '').padEnd(NOTE_WIDTH)}  ${seconds === undefined ? '' : pc.dim(`${seconds.toFixed(1)} s`)}`;
}

/** `███████░░░░  34/47 batches  1,088 pictures  168/s  2 s left` */
export function extractionLine(progress: Progress, now: number): string {
  const { batches, batchesDone, batchesFailed, done, refused } = progress.extraction;
  if (batches === 0) return '';
  const { imagesPerSecond, secondsLeft } = extractionSpeed(progress, now);
  const parts = [
    bar((batchesDone + batchesFailed) / batches),
    `${formatCount(batchesDone)}/${formatCount(batches)} batches`,
    `${formatCount(done + refused)} pictures`,
    imagesPerSecond === undefined ? '' : `${imagesPerSecond.toFixed(0)}/s`,
    secondsLeft === undefined ? '' : `${formatDuration(secondsLeft)} left`,
    batchesFailed === 0 ? '' : pc.red(`${formatCount(batchesFailed)} failed`),
  ];
  return parts.filter((part) => part !== '').join('  ');
}

function bar(share: number): string {
  const full = Math.round(Math.min(1, share) * BAR_WIDTH);
  return pc.green('█'.repeat(full)) + pc.dim('░'.repeat(BAR_WIDTH - full));
}

/** `8 s`, `3 min 20 s`, `2 h 5 min` */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
}
