import type { CheckedData } from '../activities/checks.js';
import type { FetchedDataset, RestructuredDataset } from '../activities/dataset.js';
import type { Evaluation } from '../activities/evaluation.js';
import type { ExtractionPlan } from '../activities/features.js';
import type { TrainedHead } from '../activities/training.js';
import type { Receipt } from '../features/receipt.js';
import { describeDuration, describeReasons } from '../planning/plan-words.js';
import type { RunSummary } from '../runs/run-summary.js';

/** One line for people about what each stage did: in the terminal, the `progress` query and the Temporal UI. */
const count = (value: number): string => value.toString().replace(/\B(?=(\d{3})+$)/g, ',');

export const ofSource = ({ description }: FetchedDataset): string => description;

export const ofDataset = ({ images, quarantined, written, read = images }: RestructuredDataset): string =>
  `${count(images)} pictures, ${count(quarantined)} quarantined, ${count(written)} new` +
  (read < images ? `, ${count(read)} read` : '');

/** `10 new, 1 changed, 3,981 reused → 1 batch, about 1 s` */
export function ofPlan({ images, reused, batches, reasons, predicted }: ExtractionPlan): string {
  if (images === 0) return `nothing new, ${count(reused)} reused`;
  const why = reasons === undefined ? `${count(images)} new` : describeReasons(reasons);
  const time = predicted === undefined ? '' : `, about ${describeDuration(predicted.seconds)}`;
  return `${why}, ${count(reused)} reused → ${count(batches)} ${batches === 1 ? 'batch' : 'batches'}${time}`;
}

export const ofReceipt = ({ computed, reused, quarantined }: Receipt): string =>
  `${count(computed)} computed, ${count(reused)} reused, ${count(quarantined)} quarantined`;

export const ofHead = ({ reused, convergence }: TrainedHead): string =>
  reused
    ? 'unchanged data and settings: model kept'
    : `logistic regression, ${convergence.iterations} iterations${convergence.converged ? '' : ', NOT converged'}`;

/** `accuracy 0.9920 on 500 pictures, data checks: leaks, duplicates warn` */
export function ofEvaluation({ headline }: Evaluation, checks?: CheckedData): string {
  const accuracy = `accuracy ${headline.accuracy.toFixed(4)} on ${count(headline.support)} pictures`;
  const told = [
    ...(checks?.failed.length ? [`${checks.failed.join(', ')} failed`] : []),
    ...(checks?.warned.length ? [`${checks.warned.join(', ')} warned`] : []),
  ];
  return told.length === 0 ? accuracy : `${accuracy}; data checks: ${told.join('; ')}`;
}

export const ofPublished = ({ model, promotion }: RunSummary): string =>
  `model ${model.slice(0, 12)}${promotion === undefined ? '' : `, ${BECAME[promotion.decision]}`}`;

const BECAME = {
  promoted: 'the champion now',
  kept: 'the champion already',
  left: 'not promoted',
  rejected: 'rejected',
  refused: 'may not be promoted',
} as const;
