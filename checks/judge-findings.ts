import type { Sha256, SplitName } from '../dataset/dataset.js';
import { count } from '../dataset/quote.js';
import { CHECKS, type CheckName, type CheckSettings, type Limits } from './check-settings.js';
import type { Findings, FoundPicture } from './findings.js';

export type CheckLevel = 'passed' | 'warned' | 'failed' | 'not looked at';

/** What a check says. */
export interface Verdict {
  readonly level: CheckLevel;
  /** A sentence with the numbers, or why nobody looked. */
  readonly sentence: string;
  /** What is compared with the limits: a share from 0 to 1, of `imbalance` a ratio; `null` where nobody looked. */
  readonly value: number | null;
}

export type Verdicts = Readonly<Record<CheckName, Verdict>>;

/** A number to compare, and the sentence about it; or why there is none. */
type Measured = { readonly value: number; readonly sentence: string } | string;

/** Compares what was found with the limits. */
export function judgeFindings(findings: Findings, limits: CheckSettings['limits']): Verdicts {
  const verdicts = CHECKS.map((name) => [name, judge(MEASURES[name](findings), limits[name])] as const);
  return Object.fromEntries(verdicts) as Verdicts;
}

function judge(measured: Measured, { warn, fail }: Limits): Verdict {
  if (typeof measured === 'string') return { level: 'not looked at', sentence: measured, value: null };
  const { value, sentence } = measured;
  const level = value > fail ? 'failed' : value > warn ? 'warned' : 'passed';
  return { level, sentence, value };
}

const MEASURES: Readonly<Record<CheckName, (findings: Findings) => Measured>> = {
  leaks: (findings) => {
    const leaked = leakedPictures(findings).size;
    const share = divide(leaked, findings.evaluated);
    const alone =
      typeof findings.near === 'string' ? ' as the same file; near duplicates were not looked for' : '';
    return {
      value: share,
      sentence: `${count(leaked)} of ${count(findings.evaluated)} evaluation pictures (${percent(share)}) ${are(leaked)} in training or validation, too${alone}.`,
    };
  },
  contradictions: ({ identical, pictures }) => {
    const contradictory = identical.filter((files) => new Set(files.map((file) => file.class)).size > 1);
    const rows = contradictory.reduce((sum, { length }) => sum + length, 0);
    return {
      value: divide(rows, pictures),
      sentence: `${count(rows)} of ${count(pictures)} pictures (${percent(divide(rows, pictures))}) ${are(rows)} the same file as one of another class.`,
    };
  },
  wrongLabels: ({ labels }) => {
    if (typeof labels === 'string') return `Labels were not looked at. ${labels}`;
    const { suspects, looked } = labels;
    const share = divide(suspects.length, looked);
    return {
      value: share,
      sentence: `${count(suspects.length)} of ${count(looked)} labels (${percent(share)}) ${are(suspects.length)} likely wrong.`,
    };
  },
  duplicates: ({ pictures, distinct, near, groups }) => {
    const inGroups = groups.reduce((sum, { length }) => sum + length - 1, 0);
    const copies = pictures - distinct + inGroups;
    const share = divide(copies, pictures);
    const alone = typeof near === 'string' ? ' as the same file; near duplicates were not looked for' : '';
    return {
      value: share,
      sentence: `${count(copies)} of ${count(pictures)} pictures (${percent(share)}) only ${copies === 1 ? 'repeats' : 'repeat'} another one${alone}.`,
    };
  },
  outliers: ({ outliers, distinct }) => {
    if (typeof outliers === 'string') return `Outliers were not looked for. ${outliers}`;
    const found = outliers.outliers.length;
    const share = divide(found, distinct);
    return {
      value: share,
      sentence: `${count(found)} of ${count(distinct)} distinct pictures (${percent(share)}) ${found === 1 ? 'resembles' : 'resemble'} no other.`,
    };
  },
  imbalance: ({ balance }) => {
    const sizes = Object.values(balance);
    const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
    return {
      value: divide(most, least),
      sentence: `The largest class of training has ${count(most)} pictures, the smallest ${count(least)}.`,
    };
  },
};

/** Distinct files of the evaluation split that are, as the same file or a near duplicate, in another split, too. */
export function leakedPictures({ identical, near }: Findings): ReadonlySet<Sha256> {
  const leaked = new Set<Sha256>();
  for (const files of identical)
    if (isLeak(files)) for (const { sha256 } of files.slice(0, 1)) leaked.add(sha256);
  if (typeof near === 'string') return leaked;
  const splitsOf = splitsOfFiles(identical);
  for (const { pictures } of near.pairs) {
    const [a, b] = pictures.map((picture) => splitsOf(picture));
    if (a === undefined || b === undefined) continue;
    const [left, right] = pictures;
    if (a.has('evaluation') && learns(b)) leaked.add(left.sha256);
    if (b.has('evaluation') && learns(a)) leaked.add(right.sha256);
  }
  return leaked;
}

/** Whether some of the pictures are in evaluation and others are not. */
export const isLeak = (pictures: readonly FoundPicture[]): boolean =>
  pictures.some(({ split }) => split === 'evaluation') &&
  pictures.some(({ split }) => split !== 'evaluation');

const learns = (splits: ReadonlySet<SplitName>): boolean =>
  splits.has('training') || splits.has('validation');

/** A file may be in several splits, of which a pair names one. */
function splitsOfFiles(identical: Findings['identical']): (picture: FoundPicture) => ReadonlySet<SplitName> {
  const splits = new Map<Sha256, Set<SplitName>>();
  for (const files of identical)
    for (const { sha256, split } of files) splits.set(sha256, (splits.get(sha256) ?? new Set()).add(split));
  return ({ sha256, split }) => splits.get(sha256) ?? new Set([split]);
}

const divide = (part: number, whole: number): number => (part === 0 ? 0 : part / whole);
const are = (number: number): string => (number === 1 ? 'is' : 'are');
const percent = (share: number): string => `${(share * 100).toFixed(share > 0 && share < 0.001 ? 2 : 1)} %`;
