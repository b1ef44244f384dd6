import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { buildWithGo } from './go-install.js';
import { executableName, programOnPath } from './program-on-path.js';
import { moveIntoCache, withScratchFolder } from './temporal-cli-cache.js';
import { TEMPORAL_CLI_MODULE, TEMPORAL_CLI_VERSION } from './temporal-cli-release.js';
import { messageOf, type Search, StepFailed, type TemporalCli } from './temporal-cli-search.js';

/** Measured: Go's private module and build caches come to 4 GB before they are removed. */
const NEEDED_BYTES = 5e9;

/**
 * Builds the pinned CLI with the Go that is on the PATH and puts it into the cache.
 *
 * Announced with its cost and done without asking, unless GRAFT_NO_GO_BUILD=1. Throws StepFailed: switched off, no Go,
 * too little room, or what the compiler said last.
 */
export async function buildCli(search: Search): Promise<TemporalCli> {
  if (search.environment['GRAFT_NO_GO_BUILD'] === '1')
    throw new StepFailed('building it with Go is switched off by GRAFT_NO_GO_BUILD=1');
  const go = await programOnPath('go', search.environment);
  if (go === undefined) throw new StepFailed('there is no Go on the PATH to build it with');
  return withScratchFolder('build', search, async (folder) => {
    await checkRoom(folder);
    search.announce({
      kind: 'step',
      text:
        `Building the Temporal CLI ${TEMPORAL_CLI_VERSION} with ${go}: once, three to four minutes on two cores, ` +
        `4 GB of disk until it is done (GRAFT_NO_GO_BUILD=1 forbids it)`,
    });
    await build(go, folder, search);
    return moveIntoCache(join(folder, 'bin', executableName('temporal')), 'go build', search);
  });
}

async function checkRoom(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free < NEEDED_BYTES)
    throw new StepFailed(
      `building it needs 5 GB of disk for a while, and ${folder} has ${(free / 1e9).toFixed(1)} GB (GRAFT_CACHE names another folder)`,
    );
}

async function build(go: string, folder: string, search: Search): Promise<void> {
  try {
    await buildWithGo({
      go,
      module: TEMPORAL_CLI_MODULE,
      // What the release's own build sets: a smaller binary that knows its version.
      linkerFlags: `-s -w -X github.com/temporalio/cli/temporalcli.Version=${TEMPORAL_CLI_VERSION}`,
      packages: 1_300,
      folder,
      environment: search.environment,
      signal: search.signal,
      onProgress: (text) => search.announce({ kind: 'progress', text }),
    });
  } catch (error) {
    search.signal?.throwIfAborted();
    throw new StepFailed(`\`go install ${TEMPORAL_CLI_MODULE}\` ${messageOf(error)}`, { cause: error });
  }
}
