import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeModel, encodeModel } from '../../backbones/onnx/codec.js';
import type { OnnxModel } from '../../backbones/onnx/model.js';
import { BadInput } from '../../errors/graft-error.js';
import { canRewrite, type Pays, paysByWinograd, rewriteConvolutions } from './rewrite-convolutions.js';
import { createWeightsFile } from './weights-file.js';

const WEIGHTS = 'weights.bin';

/** Which convolutions are computed by Winograd's algorithm: those that it makes faster, none, or all that it can do. */
export type WinogradUse = 'where-faster' | 'nowhere' | 'everywhere';

/**
 * Opens an ONNX file with `rewriteConvolutions` done. The file itself and its fingerprint stay as they are.
 *
 * The rewritten network is in a temporary folder while it is opened, its weights in a file beside it: onnxruntime maps
 * that file and packs the weights from there. So a session of VGG16 took 245 MB to load; in memory it took 630, and
 * JavaScript kept a third of that. Where no such folder can be written the network is handed over in memory all the same.
 *
 * @param open gets the path of the rewritten file, or the bytes as they came where there is nothing to rewrite, or where
 * they are no ONNX file: the engine says that better.
 */
export async function openRewritten<Opened>(
  bytes: Uint8Array,
  use: WinogradUse,
  open: (network: string | Uint8Array) => Promise<Opened>,
): Promise<Opened> {
  const pays = use === 'everywhere' ? () => true : paysByWinograd;
  const model = use === 'nowhere' ? undefined : decodeIfPossible(bytes);
  if (model === undefined || !canRewrite(model, pays)) return open(bytes);
  const folder = join(tmpdir(), `graft-winograd-${randomUUID()}`);
  try {
    return await open(await writeRewritten(model, pays, folder));
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function decodeIfPossible(bytes: Uint8Array): OnnxModel | undefined {
  try {
    return decodeModel(bytes, 'The network');
  } catch (error) {
    if (error instanceof BadInput) return undefined;
    throw error;
  }
}

/** @returns the path of the file; the bytes themselves where the folder cannot be written. */
async function writeRewritten(model: OnnxModel, pays: Pays, folder: string): Promise<string | Uint8Array> {
  try {
    await mkdir(folder, { mode: 0o700 });
    const weights = createWeightsFile(join(folder, WEIGHTS), WEIGHTS);
    try {
      const file = join(folder, 'network.onnx');
      await writeFile(file, encodeModel(rewriteConvolutions(model, pays, weights.place)));
      return file;
    } finally {
      weights.close();
    }
  } catch {
    return encodeModel(rewriteConvolutions(model, pays));
  }
}
