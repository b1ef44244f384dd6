import type { ChecksFile } from '../checks/checks-file.js';
import type { DatasetManifest, QuarantinedImage, Sha256, SplitName } from '../dataset/dataset.js';
import type { Receipt } from '../features/receipt.js';
import type { Calibrator } from '../heads/calibration/calibrator.js';
import type { ThresholdAim, ThresholdMetrics } from '../heads/calibration/threshold.js';
import type { Convergence, HeadKind, LogisticRegressionSettings } from '../heads/head.js';
import type { SplitMetrics } from '../heads/metrics.js';
import type { Selection } from '../heads/selection/select-head.js';
import type { SplitStatistics } from '../heads/statistics/describe-split.js';
import type { Reliability } from '../heads/statistics/reliability.js';
import type { AgainstChampion } from '../registry/against-champion.js';

/** One evaluated picture: what the report's plots and gallery are drawn from. */
export interface ScoredImage {
  /** File name for people. Untrusted. */
  readonly name: string;
  readonly class: string;
  readonly predicted: string;
  /** Probability of each class, in the label encoder's order. */
  readonly probabilities: readonly number[];
}

/** A scored picture of the gallery, with a small JPEG to show. */
export interface GalleryImage extends ScoredImage {
  /** Thumbnail bytes, JPEG, at most 160 × 160. */
  readonly thumbnail: Uint8Array;
}

/** What selection tried and why it chose; absent where kind and C were given. */
export type ReportedSelection = Omit<Selection<unknown>, 'head' | 'calibrator'>;

/** How far the probabilities of the evaluation split can be taken at their word. */
export interface ReportedCalibration {
  /** Fitted on all of validation. */
  readonly calibrator: Calibrator;
  /** Of the calibrated probabilities. `classReliability` of the positive class where there are two, else `confidenceReliability`. */
  readonly reliability: Reliability;
  readonly brier: number;
  readonly logLoss: number;
}

/** A threshold that was chosen by validation, apart from the metrics, which go by the most probable class. */
export interface ReportedThreshold {
  readonly aim: ThresholdAim;
  readonly validation: ThresholdMetrics;
  readonly evaluation: ThresholdMetrics;
}

/** What the data checks found. Names and sentences are untrusted. */
export interface ReportedChecks {
  readonly found: ChecksFile;
  /** JPEG, at most 160 × 160, of the pictures that `pickFindings` picks. */
  readonly thumbnails: ReadonlyMap<Sha256, Uint8Array>;
}

/** All that the HTML report shows; the renderer does no I/O. */
export interface ReportInput {
  readonly runId: string;
  readonly workflowId: string;
  /** ISO 8601, UTC. */
  readonly finishedAt: string;
  readonly graftVersion: string;
  readonly dataset: DatasetManifest;
  readonly backbone: {
    readonly title: string;
    readonly fingerprint: string;
    readonly dimensions: number;
    readonly recipe: string;
  };
  readonly engine: string;
  readonly head: {
    readonly kind: HeadKind;
    readonly settings: LogisticRegressionSettings;
    readonly convergence: Convergence;
    readonly model: string;
  };
  readonly metrics: Readonly<Record<SplitName, SplitMetrics>>;
  /** Of the evaluation split. */
  readonly statistics: SplitStatistics;
  readonly selection?: ReportedSelection;
  /** Absent where validation has no pictures, or lacks a class. */
  readonly calibration?: ReportedCalibration;
  readonly threshold?: ReportedThreshold;
  /** Every picture of the evaluation split. */
  readonly evaluation: readonly ScoredImage[];
  /** The most confident mistakes on evaluation, worst first; at most 24. */
  readonly mistakes: readonly GalleryImage[];
  /** The least confident correct ones on evaluation, least first; at most 12. */
  readonly narrowHits: readonly GalleryImage[];
  /** Absent where nobody looked at the data. */
  readonly checks?: ReportedChecks;
  readonly receipt: Receipt;
  readonly quarantined: readonly QuarantinedImage[];
  /** Wall seconds per stage, in order. */
  readonly seconds: Readonly<Record<string, number>>;
  /** Why the model may not become the champion; absent where it may. */
  readonly notPromotable?: string;
  /** How the model does beside the champion; absent where nobody compared them. */
  readonly champion?: AgainstChampion;
}
