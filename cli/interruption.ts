import { EXIT } from './exit-codes.js';
import { Interrupted } from './interrupted.js';

/** Ctrl-C, as a request first and as an order the second time. */
export interface Interruption {
  /** Resolves at the first Ctrl-C (or SIGTERM, or SIGHUP). */
  readonly requested: Promise<void>;
  /** Aborts at the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Gives the signals back to Node. */
  dispose(): void;
}

/** Ctrl-C, a service manager, a closed terminal. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Listens for the signals that ask to stop. The second one exits at once: everything on disk is whole at any byte. */
export function createInterruption(): Interruption {
  const controller = new AbortController();
  const requested = new Promise<void>((resolve) =>
    controller.signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort(new Interrupted());
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    requested,
    signal: controller.signal,
    dispose: () => {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}
