import type { Environment } from './environment.js';

/** The last release that `go install` can build, and the one that Graft is tested with. */
export const TEMPORAL_CLI_VERSION = '1.5.1';

/** The oldest server that Graft runs on: workflow updates are on by default since 1.25. */
export const OLDEST_TEMPORAL_SERVER = '1.25.0';

export const TEMPORAL_CLI_MODULE = `github.com/temporalio/cli/cmd/temporal@v${TEMPORAL_CLI_VERSION}`;

/**
 * SHA-256 of the release's archives.
 *
 * Two public package indexes that record the release agree on the first three (hermit-packages of cashapp and of zph);
 * the fourth is in the first of them. The Windows archives are in neither: they are checked against the
 * release's own checksums.txt.
 */
export const pinnedArchives: Readonly<Record<string, string>> = {
  'temporal_cli_1.5.1_linux_amd64.tar.gz': 'ddc95e08b0b076efd4ea9733a3f488eb7d2be875f8834e616cd2a37358b4852d',
  'temporal_cli_1.5.1_darwin_amd64.tar.gz':
    'bbb73e2a31135abe50a1f1cdb35030c42961df618e8ce9c60ae89f201540c5d9',
  'temporal_cli_1.5.1_darwin_arm64.tar.gz':
    'cca01b7ea35ad56e2a328d9ae596bf716bd22313ef63c7a761c88354457c2415',
  'temporal_cli_1.5.1_linux_arm64.tar.gz': 'bd1b0db9f18b051026de8bf6cc1505f2510f14bbb7a8b9a4a91fff46c77454f5',
};

const systems: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };
const processors: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** The archive for this machine, or `undefined` where Temporal publishes none. */
export function archiveName(
  platform: string = process.platform,
  processor: string = process.arch,
): string | undefined {
  const system = systems[platform];
  const architecture = processors[processor];
  if (system === undefined || architecture === undefined) return undefined;
  return `temporal_cli_${TEMPORAL_CLI_VERSION}_${system}_${architecture}.tar.gz`;
}

/** The folder that the archives are fetched from; GRAFT_TEMPORAL_CLI_MIRROR names another one with the same files. */
export function releaseUrl(environment: Environment): string {
  const mirror = environment['GRAFT_TEMPORAL_CLI_MIRROR'];
  return mirror
    ? mirror.replace(/\/+$/, '')
    : `https://github.com/temporalio/cli/releases/download/v${TEMPORAL_CLI_VERSION}`;
}
