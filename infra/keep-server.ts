import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning } from './process-identity.js';
import { type ConnectOrStartOptions, reviveServer } from './server-lock.js';
import { readServerRecord } from './server-record.js';

/** How often the server's process is looked at, in milliseconds: workers retry for longer. */
const INTERVAL_MS = 2_000;

/**
 * Starts the folder's server again whenever its process has died, until `closing` aborts; for a process with a share in it.
 *
 * Throws what {@link reviveServer} throws.
 */
export async function keepServer(options: ConnectOrStartOptions, closing: AbortSignal): Promise<void> {
  const signal = options.signal === undefined ? closing : AbortSignal.any([options.signal, closing]);
  for (;;) {
    await sleep(INTERVAL_MS, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    const record = await readServerRecord(options.dataFolder);
    if (record === undefined || (await isRunning(record.server))) continue;
    const revived = await reviveServer({ ...options, signal }).catch((error: unknown) => {
      if (signal.aborted) return false;
      throw error;
    });
    if (revived)
      options.announce({ kind: 'step', text: 'The Temporal server had ended; it was started again' });
  }
}
