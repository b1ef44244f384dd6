import pc from 'picocolors';
import { type DatasetManifest, SPLITS } from '../dataset/dataset.js';
import { count } from '../dataset/quote.js';
import type { DryRun } from '../planning/dry-run.js';
import { escapeTerminal } from './escape-terminal.js';
import { LABEL_WIDTH, labelLine } from './label-line.js';

/** Classes in the table; JSON has all. */
const MOST_CLASSES = 12;
/** Refused pictures that are named. */
const MOST_QUARANTINED = 3;

/** The data set that a run would make: its pictures by class and split, those refused, and its version. */
export const describeDataset = (dryRun: DryRun): readonly string[] => [
  labelLine('Pictures', describePictures(dryRun)),
  ...describeClasses(dryRun.manifest),
  ...describeQuarantined(dryRun),
  labelLine('Version', describeVersion(dryRun)),
];

function describePictures({ manifest, plan, written }: DryRun): string {
  const { images, classes } = manifest;
  const distinct = plan.reused + plan.refused + plan.images;
  return [
    `${count(images)} in ${count(classes.length)} classes`,
    ...(distinct === images ? [] : [`${count(distinct)} of them different`]),
    written === 0 ? 'all in the store' : `${count(written)} not in the store yet`,
  ].join(', ');
}

function describeQuarantined({ quarantined }: DryRun): readonly string[] {
  const [first, ...others] = quarantined
    .slice(0, MOST_QUARANTINED)
    .map(({ path, reason }) => `${path} ${reason}`);
  if (first === undefined) return [];
  const more = quarantined.length - others.length - 1;
  return [
    labelLine('Quarantined', `${count(quarantined.length)}: ${first}`),
    ...others.map((other) => labelLine('', other)),
    ...(more === 0 ? [] : [labelLine('', `and ${count(more)} more`)]),
  ];
}

function describeClasses({ classes, counts }: DatasetManifest): readonly string[] {
  const shown = classes.slice(0, MOST_CLASSES);
  const width = Math.max(...shown.map((name) => escapeTerminal(name).length));
  const row = (name: string, cells: readonly string[]): string =>
    `${' '.repeat(LABEL_WIDTH)}${name.padEnd(width)}${cells.map((cell) => cell.padStart(12)).join('')}`;
  const more = classes.length - shown.length;
  return [
    pc.dim(row('', SPLITS)),
    ...shown.map((name) =>
      row(
        escapeTerminal(name),
        SPLITS.map((split) => count(counts[split][name] ?? 0)),
      ),
    ),
    ...(more > 0 ? [row(`and ${count(more)} classes more`, [])] : []),
  ];
}

function describeVersion({ manifest: { version }, plan: { previous } }: DryRun): string {
  const name = version.slice(0, 12);
  if (previous === undefined) return `${name}; no run of this data set has completed yet`;
  const last = `the last run (${previous.runId.slice(0, 8)})`;
  if (previous.version === version) return `${name}, as in ${last}`;
  return `${name}, new; ${last} had ${previous.version.slice(0, 12)}`;
}
