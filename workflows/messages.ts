import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { ExtractionDelta, Progress } from './progress.js';

/** Where a run is: stage, counts, failed batches. */
export const progressQuery = defineQuery<Progress>('progress');

/** A child tells its parent what it has done since its last message. */
export const extractionSignal = defineSignal<[ExtractionDelta]>('extraction');
