import { writeFileSync } from 'node:fs';

/** Of 1,000: as if this process used half of the machine's memory on top of its own. */
const SCORE = '500';

/**
 * Makes Linux's out-of-memory killer take this process rather than the one that started it, which then goes on and says
 * what happened. Elsewhere there is no such killer.
 */
export function offerMemory(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', SCORE);
  } catch {
    // The killer chooses by size then, which mostly comes to the same.
  }
}
