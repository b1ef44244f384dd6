import { setTimeout as sleep } from 'node:timers/promises';
import { findRunningServer } from '../infra/server-lock.js';

/** A `graft up` drains for 10 seconds when it ends; a few more until somebody takes over do not matter. */
const INTERVAL_MS = 3_000;

/**
 * Waits until no living `graft up` brings workers to the server of this folder any more: ended or killed. Resolves to
 * false where `signal` aborts before. A server that does not answer is the affair of whoever waits for its answers.
 */
export async function untilWorkersLeave(dataFolder: string, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const server = await findRunningServer(dataFolder);
    if (server !== undefined && !server.users.some((user) => user.kind === 'up')) return true;
    await sleep(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
  return false;
}
