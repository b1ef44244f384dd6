import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Environment, withoutTemporalSettings } from './environment.js';
import { OLDEST_TEMPORAL_SERVER } from './temporal-cli-release.js';

/** A cold 250 MB binary on a slow disk needs seconds; one that asks questions would never end. */
const PROBE_TIMEOUT_MS = 60_000;

/**
 * Runs `temporal --version` and returns what it calls itself, for example `1.5.1 (Server 1.29.1)`.
 *
 * Throws an error whose message completes "<path> …": does not run, is another program, is too old.
 */
export async function probeTemporalCli(
  path: string,
  environment: Environment,
  signal?: AbortSignal,
): Promise<string> {
  const output = await runVersion(path, environment, signal);
  const match = /^temporal version (\S+).*?server (\d+\.\d+\.\d+)/im.exec(output);
  const [, version, server] = match ?? [];
  if (version === undefined || server === undefined)
    throw new Error(`is not the Temporal CLI: --version printed "${output.trim().slice(0, 80)}"`);
  if (isOlder(server, OLDEST_TEMPORAL_SERVER))
    throw new Error(
      `is too old: it holds server ${server}, and Graft needs ${OLDEST_TEMPORAL_SERVER} or newer`,
    );
  return `${version} (Server ${server})`;
}

async function runVersion(path: string, environment: Environment, signal?: AbortSignal): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(path, ['--version'], {
      env: withoutTemporalSettings(environment),
      timeout: PROBE_TIMEOUT_MS,
      windowsHide: true,
      ...(signal === undefined ? {} : { signal }),
    });
    return stdout;
  } catch (error) {
    signal?.throwIfAborted();
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new Error(`does not run: ${message}`, { cause: error });
  }
}

function isOlder(version: string, oldest: string): boolean {
  const left = version.split('.').map(Number);
  const right = oldest.split('.').map(Number);
  const different = left.findIndex((part, index) => part !== right[index]);
  return different >= 0 && (left[different] ?? 0) < (right[different] ?? 0);
}
