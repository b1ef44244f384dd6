import { join } from 'node:path';
import { GraftError } from '../errors/graft-error.js';
import type { Announce } from './announcement.js';
import type { Environment } from './environment.js';
import { withProcessLock } from './process-lock.js';
import { findCachedCli, removeOldScratch } from './temporal-cli-cache.js';
import { downloadCli } from './temporal-cli-download.js';
import { buildCli } from './temporal-cli-go-build.js';
import { findNamedCli } from './temporal-cli-named.js';
import { findCliOnPath } from './temporal-cli-on-path.js';
import { TEMPORAL_CLI_VERSION } from './temporal-cli-release.js';
import { cliFolder, type Search, StepFailed, type TemporalCli } from './temporal-cli-search.js';

export type { TemporalCli } from './temporal-cli-search.js';

/** No step found a Temporal CLI; the message repeats why, and says what to install. */
export class TemporalCliMissing extends GraftError {}

export interface FindTemporalCliOptions {
  readonly announce: Announce;
  readonly signal?: AbortSignal | undefined;
  /** Default `process.env`. */
  readonly environment?: Environment;
}

/**
 * Finds a Temporal CLI: TEMPORAL_CLI_PATH, PATH, Graft's cache, the official download, a build with Go; the first that
 * runs wins.
 *
 * Throws BadInput where TEMPORAL_CLI_PATH names something unusable, {@link TemporalCliMissing} where every step failed,
 * and the signal's reason when aborted.
 */
export async function findTemporalCli(options: FindTemporalCliOptions): Promise<TemporalCli> {
  const search: Search = { environment: process.env, ...options };
  const named = await findNamedCli(search);
  if (named !== undefined) return named;
  const reasons: string[] = [];
  return (await findPresentCli(search, reasons)) ?? (await obtainCli(search, reasons)) ?? fail(reasons);
}

/** The Temporal CLI that is there already; fetches and builds nothing. For `graft doctor` and for tests. */
export async function findInstalledCli(
  options: FindTemporalCliOptions,
): Promise<TemporalCli | { readonly missing: string }> {
  const search: Search = { environment: process.env, ...options };
  const reasons: string[] = [];
  const found = (await findNamedCli(search)) ?? (await findPresentCli(search, reasons));
  return found ?? { missing: reasons.join('; ') };
}

const findPresentCli = (search: Search, reasons: string[]): Promise<TemporalCli | undefined> =>
  firstOf([findCliOnPath, findCachedCli], search, (reason) => reasons.push(reason));

/** One process at a time fetches or builds; the others wait and then find its result in the cache. */
function obtainCli(search: Search, reasons: string[]): Promise<TemporalCli | undefined> {
  const onWait = (): void =>
    search.announce({ kind: 'step', text: 'Waiting for another Graft that is fetching the Temporal CLI' });
  return withProcessLock(
    join(cliFolder(search.environment), 'install.lock'),
    { signal: search.signal, onWait },
    async () => {
      const made = await firstOf([findCachedCli], search, () => undefined);
      if (made !== undefined) return made;
      await removeOldScratch(search);
      return firstOf([downloadCli, buildCli], search, (reason) => {
        reasons.push(reason);
        search.announce({ kind: 'failed', text: reason });
      });
    },
  );
}

async function firstOf(
  steps: readonly ((search: Search) => Promise<TemporalCli>)[],
  search: Search,
  onFailure: (reason: string) => void,
): Promise<TemporalCli | undefined> {
  for (const step of steps) {
    search.signal?.throwIfAborted();
    try {
      return await step(search);
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      onFailure(error.message);
    }
  }
  return undefined;
}

function fail(reasons: readonly string[]): never {
  throw new TemporalCliMissing(
    [
      `No Temporal CLI was found, and Graft's own server needs one:`,
      ...reasons.map((reason) => `  - ${reason}`),
      `Install version ${TEMPORAL_CLI_VERSION} or newer (https://docs.temporal.io/cli) so that \`temporal\` is on the PATH, ` +
        'name it in TEMPORAL_CLI_PATH, or set TEMPORAL_ADDRESS to a Temporal server that runs already.',
    ].join('\n'),
  );
}
