import pc from 'picocolors';
import type { Sample } from '../engines/tuning/contest.js';
import type { TuningRow } from '../engines/tuning/descent.js';

/** Widths of the columns: candidate, images/s, ratio, processor ms, peak MB. */
const WIDTHS = [24, 9, 7, 21, 8] as const;

/** `candidate  images/s  ratio  processor ms/picture  peak MB` */
export const tuningHeader = (): string =>
  pc.dim(cells('candidate', ['images/s', 'ratio', 'processor ms/picture', 'peak MB']));

/** The row of the setting that tuning begins with. */
export const tuningStart = (sample: Sample): string => cells('start', measured(sample, undefined));

/** A row; `◀` marks a candidate that took the place of the best so far. */
export function tuningRow({ title, outcome, sample, ratio }: TuningRow): string {
  const remark = { better: ' ◀ better', 'too large': '   too large', failed: '   failed', 'no better': '' };
  const row = cells(title, sample === undefined ? [] : measured(sample, ratio)) + remark[outcome];
  return outcome === 'better' ? pc.green(row) : row;
}

const measured = (
  { imagesPerSecond, processorMs, peakBytes }: Sample,
  ratio: number | undefined,
): readonly string[] => [
  fixed(imagesPerSecond, 1),
  ratio === undefined ? '' : fixed(ratio, 3),
  fixed(processorMs, 1),
  fixed(peakBytes / 1e6, 0),
];

/** `–` for what was not measured. */
const fixed = (value: number, digits: number): string =>
  Number.isFinite(value) ? value.toFixed(digits) : '–';

const cells = (title: string, values: readonly string[]): string =>
  title.padEnd(WIDTHS[0]) + values.map((value, at) => value.padStart(WIDTHS[at + 1] ?? 0)).join('');
