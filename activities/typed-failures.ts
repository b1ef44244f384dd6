import { ApplicationFailure } from '@temporalio/activity';
import type { ActivityExecuteInput, ActivityInboundCallsInterceptor, Next } from '@temporalio/worker';
import { GraftError } from '../errors/graft-error.js';

/**
 * Tells Temporal what a Graft error means: its class becomes the failure's type, and only an error that says that a
 * retry can help is retried.
 */
export const typedFailures: ActivityInboundCallsInterceptor = {
  async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>) {
    try {
      return await next(input);
    } catch (error) {
      if (!(error instanceof GraftError)) throw error;
      throw ApplicationFailure.create({
        type: error.name,
        message: error.message,
        nonRetryable: !error.retryable,
        ...(error.cause instanceof Error && { cause: error.cause }),
      });
    }
  },
};
