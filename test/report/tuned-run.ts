import { type ThresholdAim, measureThreshold } from '../../heads/calibration/threshold.js';
import type { HeadKind } from '../../heads/head.js';
import type { SplitMetrics } from '../../heads/metrics.js';
import { candidateC } from '../../heads/selection/candidates.js';
import { explainChoice, pickBest } from '../../heads/selection/compare-candidates.js';
import { brierScore } from '../../heads/statistics/brier-score.js';
import { classReliability, confidenceReliability } from '../../heads/statistics/reliability.js';
import type {
  ReportedCalibration,
  ReportedSelection,
  ReportedThreshold,
  ScoredImage,
} from '../../report/report-input.js';

const SPREAD = 8_100;
const DECADES = [-4, -3, -2, -1, 0, 1, 2, 3, 4];

/** What `--tune` adds to a report, of invented but plausible losses: least near C = 1, a little less for one kind. */
export function selectionOf(kinds: readonly HeadKind[]): ReportedSelection {
  const candidates = kinds.flatMap((kind, k) =>
    DECADES.map((decade) => ({
      kind,
      C: candidateC(decade, SPREAD),
      decade,
      logLoss: 0.31 + 0.02 * k + (decade < 1 ? 0.014 : 0.008) * (decade - 1.2) ** 2,
      accuracy: 0.88 - 0.006 * Math.abs(decade - 1),
      converged: decade < 4,
    })),
  );
  const winner = pickBest(candidates, kinds);
  const reason = explainChoice({ ...winner, converged: true }, candidates, kinds);
  return {
    candidates,
    winner: candidates.find(({ kind, C }) => kind === winner.kind && C === winner.C) ?? {
      ...winner,
      accuracy: 0,
      converged: true,
    },
    reason,
    spread: SPREAD,
    folds: 5,
    seed: 0,
  };
}

/** The reliability of an evaluation's probabilities, as if a temperature had made them. */
export function calibrationOf(
  images: readonly ScoredImage[],
  classes: readonly string[],
  positive: string,
  metrics: SplitMetrics,
): ReportedCalibration {
  const probabilities = Float64Array.from(images.flatMap((image) => image.probabilities));
  const labels = images.map((image) => classes.indexOf(image.class));
  return {
    calibrator: { kind: 'temperature', temperature: 1.31 },
    reliability:
      classes.length === 2
        ? classReliability(probabilities, labels, 2, classes.indexOf(positive))
        : confidenceReliability(probabilities, labels, classes.length),
    brier: brierScore(probabilities, labels, classes.length),
    logLoss: metrics.logLoss * 0.97,
  };
}

/** A threshold of 0.41 on an evaluation's probabilities of the positive class. */
export function thresholdOf(
  images: readonly ScoredImage[],
  classes: readonly string[],
  positive: string,
  aim: ThresholdAim = { aim: 'f1' },
): ReportedThreshold {
  const at = classes.indexOf(positive);
  const scores = {
    probabilities: images.map((image) => image.probabilities[at] ?? 0),
    positive: images.map((image) => image.class === positive),
  };
  const measured = measureThreshold(scores, 0.41);
  return { aim, validation: measured, evaluation: measured };
}
