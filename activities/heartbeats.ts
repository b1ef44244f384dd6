import { Context } from '@temporalio/activity';

/**
 * Runs `work` and heartbeats on a timer until it ends, three times per heartbeat timeout: for work that goes on off the
 * event loop and has no progress of its own to tell. `work` gets the signal that cancellation aborts.
 */
export async function withHeartbeats<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), (context.info.heartbeatTimeoutMs ?? 30_000) / 3);
  try {
    return await work(context.cancellationSignal);
  } finally {
    clearInterval(timer);
  }
}
