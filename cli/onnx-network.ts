import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackboneDraft } from '../backbones/draft.js';
import { type OnnxImport, importOnnx } from '../backbones/import/import-onnx.js';
import { MOST_ONNX_BYTES } from '../backbones/import/open-model.js';
import { downloadArchive } from '../dataset/download.js';
import { ONNX_NETWORK } from '../dataset/download-kind.js';
import { count } from '../dataset/quote.js';
import { parseHttpUrl, showUrl } from '../dataset/safe-url.js';
import { BadInput } from '../errors/graft-error.js';
import type { Announce } from '../infra/announcement.js';
import { cacheFolder } from '../infra/cache-folder.js';
import { announceDownload } from './announcements.js';
import { isUrl } from './run-options.js';
import { describeSpeed } from './vgg-weights.js';

/** Reads or downloads an ONNX file, makes a backbone of it and tests it. Throws `BadInput`, `DownloadFailed`. */
export async function importOnnxFrom(
  place: string,
  request: Omit<OnnxImport, 'bytes' | 'shown' | 'origin'>,
  announce: Announce,
): Promise<BackboneDraft> {
  const shown = isUrl(place) ? showUrl(parseHttpUrl(place)) : place;
  const file = isUrl(place) ? await download(place, announce) : place;
  const bytes = await readNetworkFile(file, shown);
  announce({ kind: 'step', text: `Reading ${shown}, then testing the network` });
  const origin = isUrl(place) ? { origin: shown } : {};
  const { draft, notes, facts } = await importOnnx({ ...request, ...origin, bytes, shown });
  for (const text of notes) announce({ kind: 'failed', text });
  announce({ kind: 'step', text: describeSpeed(facts.imagesPerSecond) });
  return draft;
}

function download(url: string, announce: Announce): Promise<string> {
  return downloadArchive([url], {
    folder: join(cacheFolder(), 'networks'),
    kind: ONNX_NETWORK,
    maxBytes: MOST_ONNX_BYTES,
    onProgress: announceDownload(announce),
  });
}

async function readNetworkFile(file: string, shown: string): Promise<Uint8Array> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new BadInput(`${shown} cannot be read; check that it exists and its permissions.`, { cause });
  });
  if (!found.isFile()) throw new BadInput(`${shown} is no file; expected an ONNX file.`);
  if (found.size > MOST_ONNX_BYTES)
    throw new BadInput(
      `${shown} has ${count(found.size)} bytes; expected an ONNX file of at most ${count(MOST_ONNX_BYTES)}.`,
    );
  return readFile(file);
}
