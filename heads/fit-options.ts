import type { Iteration } from './newton-cg.js';

/** How a fit is watched and given up. */
export interface FitOptions {
  /** Told before the first iteration and after each; its gradient is in the solver's coordinates, as `tol` is. */
  readonly onIteration?: ((iteration: Iteration) => void) | undefined;
  /** Looked at between iterations. */
  readonly signal?: AbortSignal | undefined;
}
