/**
 * Milliseconds since 1970 by Temporal's deterministic clock: inside a workflow `Date` tells the time of the current
 * workflow task, the same at every replay. The only place in this room that may ask for the time.
 */
export const currentTime = (): number => Date.now();
