import { Interrupted } from './interrupted.js';
import type { Interruption } from './interruption.js';
import type { Session } from './session.js';

/** What may end the wait for a worker before one answers. */
export interface Waiter {
  readonly session: Pick<Session, 'failed'>;
  readonly interruption: Pick<Interruption, 'requested'>;
}

/** A worker that is there answers in a fraction of a second. */
export const PATIENCE_MS = 5_000;

/**
 * Waits for an answer that only a worker can give, and tells people once where none comes.
 *
 * Throws {@link Interrupted} at Ctrl-C, and what {@link Session.failed} rejects with. What was asked for may still be done
 * then, once a worker is there.
 */
export async function awaitWorker<Answer>(
  answer: Promise<Answer>,
  { session, interruption }: Waiter,
): Promise<Answer> {
  const notice = setTimeout(() => process.stderr.write(NO_WORKER), PATIENCE_MS);
  const interrupted = interruption.requested.then(() => Promise.reject(new Interrupted(LEFT)));
  try {
    return await Promise.race([answer, session.failed, interrupted]);
  } finally {
    clearTimeout(notice);
  }
}

/** Where nobody answers. */
export const NO_WORKER =
  'No worker has answered yet. The run needs a graft worker on this server: of its own version, where workers are deployed by version, and for a new run of a current one. Ctrl-C ends the wait.\n';

const LEFT =
  'Interrupted before a worker has answered. What was asked for may still be done once one is there: graft status tells.';
