import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { BadInput } from '../errors/graft-error.js';
import { assertUnderRoots } from './allowed-roots.js';
import { downloadArchive } from './download.js';
import { hashFile } from './download-checks.js';
import type { DownloadProgress } from './download-attempt.js';
import { openFolderSource } from './folder-source.js';
import { type DatasetOrigin, type DatasetRequest, resolveDataset } from './known-datasets.js';
import type { ClassMap } from './layout.js';
import { quote } from './quote.js';
import { parseHttpUrl, showUrl } from './safe-url.js';
import type { DatasetSource } from './source.js';
import { openZipSource } from './zip-source.js';

export interface OpenSourceSettings {
  /** Local sources must lie under one of these folders. */
  readonly allowedRoots: readonly string[];
  /** Downloads are kept here. */
  readonly cacheFolder: string;
  readonly signal?: AbortSignal | undefined;
  /** Called while a download goes on. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/** An open source with what Graft knows about its dataset: pass all of it to `restructure`. */
export interface OpenedSource {
  readonly source: DatasetSource;
  readonly classMap: ClassMap | undefined;
  /** `undefined`: the last class. */
  readonly positive: string | undefined;
  readonly licence: string;
}

/**
 * Opens the source of a dataset: built in, a folder, a zip file, or an archive that is downloaded first (or was before).
 *
 * Throws {@link BadInput} for an unknown dataset without a source, a source that is missing, lies outside of the allowed
 * folders or is neither folder nor zip; `DownloadFailed` (retried) where the network fails.
 */
export async function openSource(
  request: DatasetRequest,
  settings: OpenSourceSettings,
): Promise<OpenedSource> {
  const { origin, sha256, classMap, positive, licence } = resolveDataset(request);
  const source = await openOrigin(origin, sha256, settings);
  return { source, classMap, positive, licence };
}

function openOrigin(
  origin: DatasetOrigin,
  sha256: string | undefined,
  settings: OpenSourceSettings,
): Promise<DatasetSource> {
  if (origin.kind === 'builtin') return openLocal(origin.path, 'the built-in sample');
  if (origin.kind === 'addresses') return openDownload(origin.urls, sha256, settings);
  const { source } = origin;
  if (!hasScheme(source)) return openTyped(source, sha256, settings);
  if (/^file:/i.test(source)) return openTyped(parseFileUrl(source), sha256, settings);
  return openDownload([source], sha256, settings);
}

/** `C:\pictures` has no scheme. */
const hasScheme = (source: string): boolean => /^[a-z][a-z\d+.-]+:\/\//i.test(source);

function parseFileUrl(source: string): string {
  try {
    return fileURLToPath(source);
  } catch (cause) {
    throw new BadInput(`The source ${quote(source)} is not a local file's address; pass its path.`, {
      cause,
    });
  }
}

async function openTyped(
  source: string,
  sha256: string | undefined,
  { allowedRoots }: OpenSourceSettings,
): Promise<DatasetSource> {
  const path = await assertUnderRoots(source, allowedRoots);
  if (sha256 !== undefined) await assertLocalHash(path, source, sha256);
  return openLocal(path, source);
}

/** A hash that is given is a promise to check it, also where nothing is downloaded. */
async function assertLocalHash(path: string, shown: string, sha256: string): Promise<void> {
  const found = await stat(path);
  if (found.isDirectory())
    throw new BadInput(
      `${quote(shown)} is a folder; an expected SHA-256 belongs to an archive. Leave it out.`,
    );
  if (!found.isFile()) return;
  const received = await hashFile(path);
  if (received !== sha256.toLowerCase())
    throw new BadInput(
      `${quote(shown)} has the SHA-256 ${received}, expected ${sha256}. Get the right file, or correct the hash.`,
    );
}

async function openDownload(
  urls: readonly string[],
  sha256: string | undefined,
  { cacheFolder, signal, onProgress }: OpenSourceSettings,
): Promise<DatasetSource> {
  const path = await downloadArchive(urls, { folder: cacheFolder, sha256, signal, onProgress });
  return openZipSource(path, { shown: urls.map((url) => showUrl(parseHttpUrl(url))).join(' or ') });
}

/** @param shown how messages and the manifest name it: as the user typed it. */
async function openLocal(path: string, shown: string): Promise<DatasetSource> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new BadInput(`${shown} cannot be read; check that it exists and its permissions.`, { cause });
  });
  if (found.isDirectory()) return openFolderSource(path, shown);
  if (found.isFile()) return openZipSource(path, { shown });
  throw new BadInput(`${quote(shown)} is neither a folder nor a file; expected a folder or a .zip file.`);
}
