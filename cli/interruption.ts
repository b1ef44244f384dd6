import { EXIT } from './exit-codes.js';
import { Interrupted } from './interrupted.js';

/** Ctrl-C, as a request first and as an order the second time. */
export interface Interruption {
  /** Resolves at the first Ctrl-C (or SIGTERM). */
  readonly requested: Promise<void>;
  /** Aborts at the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Gives the signals back to Node. */
  dispose(): void;
}

/** Listens for SIGINT and SIGTERM. The second one exits at once: everything on disk is whole at any byte. */
export function createInterruption(): Interruption {
  const controller = new AbortController();
  const requested = new Promise<void>((resolve) =>
    controller.signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort(new Interrupted());
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    requested,
    signal: controller.signal,
    dispose: () => void process.off('SIGINT', onSignal).off('SIGTERM', onSignal),
  };
}
