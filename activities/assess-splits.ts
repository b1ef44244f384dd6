import { SPLITS } from '../dataset/dataset.js';
import type { CalibratedHead } from '../heads/calibration/calibrated-head.js';
import {
  type PositiveScores,
  type ThresholdAim,
  chooseThreshold,
  measureThreshold,
} from '../heads/calibration/threshold.js';
import { logLoss } from '../heads/log-loss.js';
import type { SelectionRecord } from '../heads/selection/selection-file.js';
import { brierScore } from '../heads/statistics/brier-score.js';
import { type SplitStatistics, describeSplit } from '../heads/statistics/describe-split.js';
import { classReliability, confidenceReliability } from '../heads/statistics/reliability.js';
import type { ReportedCalibration, ReportedThreshold } from '../report/report-input.js';
import type { DatasetFeatures } from './labelled-features.js';
import { type ScoredSplit, type ScoredSplits, scoreSplits } from './score-splits.js';

/** All that evaluation finds out about a model: what `metrics.json` and the report are written from. */
export interface Assessment {
  readonly head: CalibratedHead;
  readonly positive: string;
  readonly splits: ScoredSplits;
  /** Of the evaluation split. */
  readonly statistics: SplitStatistics;
  /** Absent where the model has no calibrator. */
  readonly calibration?: ReportedCalibration;
  /** Absent where none was asked for. */
  readonly threshold?: ReportedThreshold;
  /** Absent where kind and C were given. */
  readonly selection?: SelectionRecord;
}

export interface AssessmentSubject {
  readonly head: CalibratedHead;
  readonly selection: SelectionRecord | undefined;
  readonly positive: string;
  /** What a threshold shall achieve on validation, if one is to be chosen. */
  readonly aim: ThresholdAim | undefined;
}

/** Scores the three splits and measures the evaluation split in depth; only the threshold looks at validation. */
export async function assessSplits(
  dataset: DatasetFeatures,
  { head, selection, positive, aim }: AssessmentSubject,
): Promise<Assessment> {
  const splits = await scoreSplits(dataset, head, positive);
  const { classes } = dataset.manifest;
  const calibration = describeCalibration(head, splits.evaluation, positive);
  return {
    ...{ head, positive, splits },
    statistics: await describeSplit({ ...splits.evaluation, classes, positive }),
    ...(calibration !== undefined && { calibration }),
    ...(aim !== undefined && { threshold: describeThreshold(aim, splits, classes, positive) }),
    ...(selection !== undefined && { selection }),
  };
}

function describeCalibration(
  { calibrator, classes }: CalibratedHead,
  { calibrated, labels }: ScoredSplit,
  positive: string,
): ReportedCalibration | undefined {
  if (calibrator === undefined) return undefined;
  return {
    calibrator,
    reliability:
      classes.length === 2
        ? classReliability(calibrated, labels, classes.length, classes.indexOf(positive))
        : confidenceReliability(calibrated, labels, classes.length),
    brier: brierScore(calibrated, labels, classes.length),
    logLoss: logLoss(calibrated, labels, classes.length),
  };
}

function describeThreshold(
  aim: ThresholdAim,
  { validation, evaluation }: ScoredSplits,
  classes: readonly string[],
  positive: string,
): ReportedThreshold {
  const id = classes.indexOf(positive);
  const scoresOf = ({ calibrated, labels }: ScoredSplit): PositiveScores => ({
    probabilities: Float64Array.from(labels, (_, row) => calibrated[row * classes.length + id] ?? 0),
    positive: Array.from(labels, (label) => label === id),
  });
  const chosen = chooseThreshold(scoresOf(validation), aim);
  return { aim, validation: chosen, evaluation: measureThreshold(scoresOf(evaluation), chosen.threshold) };
}

/** What `metrics.json` holds. `seconds` are wall seconds per stage, in order. */
export function metricsRecord(
  { head, positive, splits, statistics, calibration, threshold, selection }: Assessment,
  seconds: Readonly<Record<string, number>>,
) {
  const { settings, convergence, kind } = head;
  return {
    ...Object.fromEntries(SPLITS.map((split) => [split, splits[split].metrics])),
    head: { kind, ...settings, ...convergence },
    positive,
    intervals: { accuracy: statistics.accuracy, ...statistics.rankings },
    classes: statistics.classes,
    ...(calibration !== undefined && { calibration: calibrationRecord(calibration) }),
    ...(threshold !== undefined && { threshold }),
    ...(selection !== undefined && { selection }),
    seconds,
  };
}

const calibrationRecord = ({ calibrator, reliability, brier, logLoss: loss }: ReportedCalibration) => ({
  ...calibrator,
  ece: reliability.ece,
  brier,
  logLoss: loss,
});
