import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Pause } from './gate.js';
import type { ExtractionDelta, Progress } from './progress.js';

/** Where a run is: stage, counts, failed batches. */
export const progressQuery = defineQuery<Progress>('progress');

/** Begins nothing new until `resume`; what runs is finished. May say why. Answers with the reason. */
export const pauseUpdate = defineUpdate<string, [reason: string | undefined]>('pause');

/** Goes on. Answers with why it had been paused. */
export const resumeUpdate = defineUpdate<string>('resume');

/** Which failed batches to run again: all, or those named. */
export interface RetryRequest {
  readonly batches?: readonly string[];
}

/** Runs failed batches again, and no others. Answers at once with how many. */
export const retryUpdate = defineUpdate<{ readonly batches: number }, [request: RetryRequest | undefined]>(
  'retryFailedBatches',
);

/** Who decides about a model, and why: for the history of champions. */
export interface Word {
  readonly by?: string;
  readonly reason?: string;
}

/** Makes the model that awaits approval the champion. May say why, and who says so. Answers at once, with the model. */
export const approveUpdate = defineUpdate<string, [word: string | Word | undefined]>('approve');

/** Turns the model down that awaits approval: the champion stays. Likewise. */
export const rejectUpdate = defineUpdate<string, [word: string | Word | undefined]>('reject');

/** A child tells its parent what it has done since its last message. */
export const extractionSignal = defineSignal<[ExtractionDelta]>('extraction');

/** A child tells its parent that it has paused itself, and why. */
export const troubleSignal = defineSignal<[because: string]>('trouble');

/** A parent tells its child to pause or to go on. */
export const pauseSignal = defineSignal<[Pause]>('pause');
