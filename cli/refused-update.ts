import { ApplicationFailure, WorkflowUpdateFailedError } from '@temporalio/client';
import { BadInput } from '../errors/graft-error.js';

/** The answer of an update; one that the workflow refuses is wrong input, in the workflow's own sentence. */
export async function refusedUpdate<Answer>(update: Promise<Answer>): Promise<Answer> {
  try {
    return await update;
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure)
      throw new BadInput(error.cause.message, { cause: error });
    throw error;
  }
}
