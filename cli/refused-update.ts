import { ApplicationFailure, WorkflowUpdateFailedError } from '@temporalio/client';
import { BadInput } from '../errors/graft-error.js';
import { type Waiter, awaitWorker } from './await-worker.js';

/** The answer of an update; one that the workflow refuses is wrong input, in the workflow's own sentence. */
export async function refusedUpdate<Answer>(update: Promise<Answer>, waiter: Waiter): Promise<Answer> {
  try {
    return await awaitWorker(update, waiter);
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure)
      throw new BadInput(error.cause.message, { cause: error });
    throw error;
  }
}
