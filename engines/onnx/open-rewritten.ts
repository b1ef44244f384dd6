import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeModel, encodeModel } from '../../backbones/onnx/codec.js';
import type { OnnxModel } from '../../backbones/onnx/model.js';
import { BadInput } from '../../errors/graft-error.js';
import { createWeightsFile } from '../winograd/weights-file.js';
import { planRewriting, type Rewriting, type RewritingPlan } from './plan-rewriting.js';

const WEIGHTS = 'weights.bin';

/**
 * Opens an ONNX file rewritten. The file itself and its fingerprint stay as they are.
 *
 * Where new weights are made, the rewritten network is in a temporary folder while it is opened, its weights in a file
 * beside it: onnxruntime maps that file and packs the weights from there. So a session of VGG16 took 245 MB to load; in
 * memory it took 630, and JavaScript kept a third of that. Where no such folder can be written, and where no new weights
 * are made, the network is handed over in memory.
 *
 * @param open gets the path of the rewritten file, or its bytes, or the bytes as they came where there is nothing to
 * rewrite, or where they are no ONNX file: the engine says that better.
 */
export async function openRewritten<Opened>(
  bytes: Uint8Array,
  rewriting: Rewriting,
  open: (network: string | Uint8Array) => Promise<Opened>,
): Promise<Opened> {
  const plan = planIfPossible(bytes, rewriting);
  if (plan === undefined) return open(bytes);
  if (!plan.makesWeights) return open(encodeModel(plan.rewrite()));
  const folder = join(tmpdir(), `graft-rewritten-${randomUUID()}`);
  try {
    return await open(await writeRewritten(plan, folder));
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function planIfPossible(bytes: Uint8Array, rewriting: Rewriting): RewritingPlan | undefined {
  if (rewriting.winograd === 'nowhere' && rewriting.microBatch === 1) return undefined;
  const model = decodeIfPossible(bytes);
  return model && planRewriting(model, rewriting);
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
async function writeRewritten(plan: RewritingPlan, folder: string): Promise<string | Uint8Array> {
  try {
    await mkdir(folder, { mode: 0o700 });
    const weights = createWeightsFile(join(folder, WEIGHTS), WEIGHTS);
    try {
      const file = join(folder, 'network.onnx');
      await writeFile(file, encodeModel(plan.rewrite(weights.place)));
      return file;
    } finally {
      weights.close();
    }
  } catch {
    return encodeModel(plan.rewrite());
  }
}
