import { readFile } from 'node:fs/promises';
import type { Backbone } from '../../backbones/backbone.js';
import { createDecoder } from '../../engines/decode/decode.js';

/**
 * Decodes pictures by a backbone's recipe.
 *
 * @returns `N × inputSize × inputSize × 3` bytes.
 * @throws where one is refused.
 */
export async function decodePictures(
  files: readonly string[],
  { recipe, inputSize }: Backbone,
): Promise<Uint8Array<ArrayBuffer>> {
  const rowBytes = inputSize ** 2 * 3;
  const pixels = new Uint8Array(files.length * rowBytes);
  const decode = createDecoder(recipe);
  for (const [row, file] of files.entries()) {
    const refusal = await decode(await readFile(file), pixels.subarray(row * rowBytes, (row + 1) * rowBytes));
    if (refusal !== undefined) throw new Error(`${file} ${refusal.reason}`);
  }
  return pixels;
}
