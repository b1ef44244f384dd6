import { decodeModel, encodeModel } from '../../backbones/onnx/codec.js';
import type { OnnxModel } from '../../backbones/onnx/model.js';
import { BadInput } from '../../errors/graft-error.js';
import { paysByWinograd, rewriteConvolutions } from './rewrite-convolutions.js';

/** Which convolutions are computed by Winograd's algorithm: those that it makes faster, none, or all that it can do. */
export type WinogradUse = 'where-faster' | 'nowhere' | 'everywhere';

/**
 * An ONNX file with `rewriteConvolutions` done, in memory: the file itself and its fingerprint stay as they are.
 *
 * @param shown what a message calls the file.
 * @returns the bytes as they came where there is nothing to rewrite, or where they are no ONNX file: the engine says
 * that better.
 */
export function rewriteFile(bytes: Uint8Array, use: WinogradUse, shown: string): Uint8Array {
  const model = use === 'nowhere' ? undefined : decodeIfPossible(bytes, shown);
  if (model === undefined) return bytes;
  const rewritten = rewriteConvolutions(model, use === 'everywhere' ? () => true : paysByWinograd);
  return rewritten === undefined ? bytes : encodeModel(rewritten);
}

function decodeIfPossible(bytes: Uint8Array, shown: string): OnnxModel | undefined {
  try {
    return decodeModel(bytes, shown);
  } catch (error) {
    if (error instanceof BadInput) return undefined;
    throw error;
  }
}
