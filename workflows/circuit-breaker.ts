/** Batches that fail one after the other, with no success between them, before extraction pauses itself. */
const IN_A_ROW = 10;

/** Share of a run's batches that may fail before extraction pauses itself; fewer than {@link IN_A_ROW} never do. */
const SHARE = 0.05;

/**
 * Failures of what every batch needs: the store, its credentials, the network, the engine. Whatever batch comes next
 * would fail, too.
 */
const TROUBLE = new Set(['StoreUnavailable', 'StoreRefused', 'BackboneDamaged', 'EngineUnavailable']);

export const isTrouble = (failureType: string): boolean => TROUBLE.has(failureType);

/** Watches how batches end, and says when to stop and why: after Michael Nygard, "Release It!", "Circuit Breaker". */
export interface CircuitBreaker {
  succeeded(): void;
  /** Tells why extraction should pause, where it should. */
  failed(cause: string): string | undefined;
  /** Starts to count anew: somebody looked at it and went on. */
  reset(): void;
  /** Whether a batch has succeeded since the start or the last reset. */
  readonly hasSucceeded: boolean;
}

/**
 * @param batches of the whole run.
 * @param failedBefore of them, those that failed in the run's other parts.
 */
export function createCircuitBreaker(batches: number, failedBefore: number): CircuitBreaker {
  const limit = Math.max(IN_A_ROW, Math.ceil(batches * SHARE));
  let failed = failedBefore;
  let inARow = 0;
  let hasSucceeded = false;
  let isShareAccepted = failedBefore >= limit;
  return {
    succeeded() {
      inARow = 0;
      hasSucceeded = true;
    },
    failed(cause) {
      failed++;
      inARow++;
      if (inARow >= IN_A_ROW) return `${inARow} batches failed one after the other; the last: ${cause}`;
      if (failed < limit || isShareAccepted) return undefined;
      return `${failed} of ${batches} batches failed; the last: ${cause}`;
    },
    reset() {
      inARow = 0;
      hasSucceeded = false;
      isShareAccepted = failed >= limit;
    },
    get hasSucceeded() {
      return hasSucceeded;
    },
  };
}
