import { ExtractorCrashed } from '../feature-extractor.js';
import type { Axis, Candidate } from './axes.js';
import {
  type Contender,
  type ContestRules,
  contest,
  type OpenContender,
  type Sample,
  summarise,
  type Verdict,
} from './contest.js';
import type { Setting } from './setting.js';

/** A row of the table: a candidate and what came of it. */
export interface TuningRow extends Candidate, Verdict {}

export interface Descent {
  readonly start: Setting;
  readonly axes: readonly Axis[];
  readonly open: OpenContender;
  readonly rules: ContestRules;
  /** Asked before each candidate; `false` ends the descent. */
  readonly hasTime: () => boolean;
  /** Told what the start reaches. */
  readonly onStart?: (sample: Sample) => void;
  readonly onRow?: (row: TuningRow) => void;
}

export interface Tuned {
  readonly setting: Setting;
  /** What the setting reached when it was last measured. */
  readonly imagesPerSecond: number;
  /** Of the start. */
  readonly first: Sample;
  readonly rows: readonly TuningRow[];
  /** Whether time ran out before every candidate had its turn. */
  readonly isCutShort: boolean;
}

/**
 * Finds a good setting by coordinate descent: along one axis after the other every candidate is measured beside the best
 * so far, and takes its place where it is better. The axes are gone through once: a full grid would take hours.
 *
 * @throws what opening or measuring the start throws; a candidate that fails is passed over.
 */
export async function descend(descent: Descent): Promise<Tuned> {
  const { axes, rules, hasTime, onRow } = descent;
  const rows: TuningRow[] = [];
  let setting = descent.start;
  let present = await descent.open(setting);
  try {
    const first = summarise([await present.measure()]);
    descent.onStart?.(first);
    let { imagesPerSecond } = first;
    let isTooLarge = first.peakBytes > rules.memory;
    for (const axis of axes) {
      for (const candidate of axis.candidates(setting, imagesPerSecond)) {
        if (!hasTime()) return { setting, imagesPerSecond, first, rows, isCutShort: true };
        const { verdict, contender } = await challenge(present, candidate, descent, isTooLarge);
        rows.push({ ...candidate, ...verdict });
        onRow?.({ ...candidate, ...verdict });
        if (contender === undefined) continue;
        await present.close();
        present = contender;
        ({ setting } = candidate);
        imagesPerSecond = verdict.sample?.imagesPerSecond ?? imagesPerSecond;
        isTooLarge = false;
      }
    }
    return { setting, imagesPerSecond, first, rows, isCutShort: false };
  } finally {
    await present.close();
  }
}

interface Challenge {
  readonly verdict: Verdict;
  /** Still open where it is better; closed otherwise. */
  readonly contender?: Contender;
}

async function challenge(
  present: Contender,
  { setting }: Candidate,
  { open, rules }: Descent,
  isTooLarge: boolean,
): Promise<Challenge> {
  const contender = await open(setting).catch(passOver);
  if (contender === undefined) return { verdict: { outcome: 'failed' } };
  let isKept = false;
  try {
    const verdict = await contest(present, contender, rules, isTooLarge);
    isKept = verdict.outcome === 'better';
    return isKept ? { verdict, contender } : { verdict };
  } catch (error) {
    passOver(error);
    return { verdict: { outcome: 'failed' } };
  } finally {
    if (!isKept) await contender.close();
  }
}

/** A process that ran out of memory, say, tells that its setting is none; anything else ends the tuning. */
function passOver(error: unknown): undefined {
  if (!(error instanceof ExtractorCrashed)) throw error;
}
