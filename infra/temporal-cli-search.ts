import { join } from 'node:path';
import type { Announce } from './announcement.js';
import { cacheFolder } from './cache-folder.js';
import type { Environment } from './environment.js';
import { executableName } from './program-on-path.js';
import { probeTemporalCli } from './temporal-cli-probe.js';
import { TEMPORAL_CLI_VERSION } from './temporal-cli-release.js';

/** A Temporal CLI that has been run once: `version` is what it said. */
export interface TemporalCli {
  readonly path: string;
  readonly version: string;
  readonly from: 'TEMPORAL_CLI_PATH' | 'PATH' | 'cache' | 'download' | 'go build';
}

/** What every step of the search is given. */
export interface Search {
  readonly environment: Environment;
  readonly announce: Announce;
  readonly signal?: AbortSignal | undefined;
}

/** A step found nothing; the message says why and the next step follows. */
export class StepFailed extends Error {}

/** The folder of the pinned version in Graft's cache: the binary, and what is being made of it. */
export function cliFolder(environment: Environment): string {
  return join(cacheFolder(environment), 'temporal-cli', TEMPORAL_CLI_VERSION);
}

/** Where the downloaded or built binary ends up. */
export function cachedCliPath(environment: Environment): string {
  return join(cliFolder(environment), executableName('temporal'));
}

/** Runs the binary once and names it, or fails the step with what is wrong about it. */
export async function verifyCli(
  path: string,
  from: TemporalCli['from'],
  search: Search,
): Promise<TemporalCli> {
  try {
    return { path, version: await probeTemporalCli(path, search.environment, search.signal), from };
  } catch (error) {
    search.signal?.throwIfAborted();
    throw new StepFailed(`${path} ${messageOf(error)}`, { cause: error });
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
