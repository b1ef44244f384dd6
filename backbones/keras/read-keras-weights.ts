import { resolve } from 'node:path';
import type { File } from 'h5wasm/node';
import { quoteSome } from '../../dataset/quote.js';
import { BadInput, GraftError } from '../../errors/graft-error.js';
import { assertHdf5 } from './assert-hdf5.js';
import { findLayers, type KerasLayer } from './keras-layouts.js';

/**
 * Opens a file of Keras weights, hands its layers to `use` in the file's order and closes it. Three layouts are known:
 * weights alone as Keras 1 and 2 wrote them, a whole model saved as .h5, and Keras 3's `.weights.h5`.
 *
 * Call it in a thread of its own: a damaged file can make the HDF5 library abort, after which it works no more, or run
 * for ever. The file is read in place, array by array (h5wasm over Node's own files): nothing holds all of it.
 *
 * @param shown what a message calls the file.
 * @throws BadInput where the file is absent, no HDF5, cut off, damaged, or of another layout.
 */
export async function withKerasWeights<Result>(
  file: string,
  shown: string,
  use: (layers: readonly KerasLayer[]) => Result,
): Promise<Result> {
  await assertHdf5(file, shown);
  const library = await import('h5wasm/node');
  const hdf5 = await library.ready;
  hdf5.activate_throwing_error_handler();
  let opened: File | undefined;
  try {
    opened = new library.File(resolve(file), 'r');
    const layers = findLayers(library, opened);
    if (layers === undefined) throw unknownLayout(shown, opened.keys());
    return use(layers);
  } catch (cause) {
    if (cause instanceof GraftError) throw cause;
    throw damagedWeights(shown, cause);
  } finally {
    close(opened);
  }
}

/** After an abort the library closes nothing any more. */
function close(file: File | undefined): void {
  try {
    file?.close();
  } catch {
    return;
  }
}

/** What a person is told of a file that is HDF5 and makes no sense. */
export const damagedWeights = (shown: string, cause: unknown): BadInput =>
  new BadInput(`${shown} is damaged: HDF5 cannot read it to the end. Copy or download it again.`, { cause });

const unknownLayout = (shown: string, found: readonly string[]): BadInput =>
  new BadInput(
    `${shown} holds no Keras weights that Graft knows: expected "layer_names", "model_weights" or "layers" at its root, ` +
      `found ${found.length === 0 ? 'nothing' : quoteSome(found)}. Save them with Keras' save_weights("….weights.h5").`,
  );
