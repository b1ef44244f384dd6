import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchToFile } from './fetch-to-file.js';
import { executableName } from './program-on-path.js';
import { extractFromTarGz } from './temporal-cli-archive.js';
import { moveIntoCache, withScratchFolder } from './temporal-cli-cache.js';
import { archiveName, pinnedArchives, releaseUrl, TEMPORAL_CLI_VERSION } from './temporal-cli-release.js';
import { messageOf, type Search, StepFailed, type TemporalCli } from './temporal-cli-search.js';

const MAX_ARCHIVE_BYTES = 512 * 1024 * 1024;
const MAX_CHECKSUMS_BYTES = 64 * 1024;

/**
 * Fetches the pinned release, checks its SHA-256, runs it once and puts it into the cache.
 *
 * Throws StepFailed: no release for this platform, no connection within 10 s, another checksum, a binary that does not
 * run. Nothing but the finished binary stays on the disk.
 */
export async function downloadCli(search: Search): Promise<TemporalCli> {
  const name = archiveName();
  if (name === undefined)
    throw new StepFailed(`Temporal publishes no CLI for ${process.platform} on ${process.arch}`);
  return withScratchFolder('download', search, async (folder) => {
    const archive = join(folder, name);
    const sha256 = await fetchArchive(name, archive, search);
    const expected = pinnedArchives[name] ?? (await fetchChecksum(name, folder, search));
    if (sha256 !== expected)
      throw new StepFailed(`${name} has SHA-256 ${sha256}, expected ${expected}: it was not used`);
    const binary = join(folder, executableName('temporal'));
    await unpack(archive, binary, search);
    return moveIntoCache(binary, 'download', search);
  });
}

async function fetchArchive(name: string, file: string, search: Search): Promise<string> {
  const url = `${releaseUrl(search.environment)}/${name}`;
  search.announce({ kind: 'step', text: `Downloading the Temporal CLI ${TEMPORAL_CLI_VERSION} from ${url}` });
  return fetchOrFail(url, file, search, {
    maxBytes: MAX_ARCHIVE_BYTES,
    onProgress: (received, total) =>
      search.announce({
        kind: 'progress',
        text: `${megabytes(received)} of ${total === undefined ? '?' : megabytes(total)} MB`,
      }),
  });
}

/** The release's own list: as trustworthy as the connection, which therefore has to be encrypted. */
async function fetchChecksum(name: string, folder: string, search: Search): Promise<string> {
  const url = `${releaseUrl(search.environment)}/checksums.txt`;
  if (new URL(url).protocol !== 'https:')
    throw new StepFailed(`${name} is checked against ${url}, which must be fetched over https`);
  const file = join(folder, 'checksums.txt');
  await fetchOrFail(url, file, search, { maxBytes: MAX_CHECKSUMS_BYTES });
  return findChecksum(await readFile(file, 'utf8'), name);
}

/** Finds the line `<sha256>  <name>`; throws StepFailed where there is none. */
export function findChecksum(checksums: string, name: string): string {
  const line = checksums.split(/\r?\n/).find((candidate) => candidate.split(/\s+\*?/)[1] === name);
  const sha256 = /^[0-9a-f]{64}(?=\s)/.exec(line ?? '')?.[0];
  if (sha256 === undefined) throw new StepFailed(`the release's checksums.txt does not name ${name}`);
  return sha256;
}

async function fetchOrFail(
  url: string,
  file: string,
  search: Search,
  options: { maxBytes: number; onProgress?: (received: number, total: number | undefined) => void },
): Promise<string> {
  try {
    return await fetchToFile(url, file, { ...options, signal: search.signal });
  } catch (error) {
    search.signal?.throwIfAborted();
    throw new StepFailed(`the download of ${url} ${messageOf(error)}`, { cause: error });
  }
}

async function unpack(archive: string, binary: string, search: Search): Promise<void> {
  try {
    await extractFromTarGz(archive, executableName('temporal'), binary, search.signal);
  } catch (error) {
    search.signal?.throwIfAborted();
    throw new StepFailed(`the downloaded archive could not be unpacked: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
