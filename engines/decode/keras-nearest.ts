import type { KerasNearestRecipe } from '../../backbones/backbone.js';
import { readJpegTraits } from './jpeg-traits.js';
import { openPicture, type StoredPicture } from './open-picture.js';
import { clipToRgb, cmykToRgb } from './pillow-colours.js';

/**
 * Recipe `keras-nearest`: `side × side × 3` bytes, equal to Keras' `load_img(target_size=(side, side))`, that is
 * Pillow's `convert('RGB')` and `resize` by the nearest neighbour.
 *
 * Equal byte for byte to Pillow 13 for JPEG (any subsampling, baseline and progressive, grey, CMYK), PNG (every colour
 * type and depth, interlaced too) and WebP. How a JPEG decoder rounds is not laid down: the claim holds for the
 * libjpeg-turbo family, from which both decode.
 */
export async function kerasNearest(stored: StoredPicture, recipe: KerasNearestRecipe): Promise<Uint8Array> {
  const picture = openPicture(stored, recipe, false).removeAlpha();
  const { side } = recipe;
  switch (colourModel(stored)) {
    case 'cmyk': {
      const cmyk = picture.pipelineColourspace('cmyk').toColourspace('cmyk').raw();
      const { data, info } = await cmyk.toBuffer({ resolveWithObject: true });
      return cmykToRgb(pickNearest(data, info, side, new Uint8Array(side * side * 4)));
    }
    case 'grey16': {
      const grey = picture.toColourspace('grey16').raw({ depth: 'ushort' });
      const { data, info } = await grey.toBuffer({ resolveWithObject: true });
      const samples = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
      return clipToRgb(pickNearest(samples, info, side, new Uint16Array(side * side)));
    }
    case 'rgb': {
      const rgb = picture.toColourspace('srgb').raw();
      const { data, info } = await rgb.toBuffer({ resolveWithObject: true });
      return pickNearest(data, info, side, new Uint8Array(side * side * 3));
    }
  }
}

/** The colours that Pillow and libvips turn into RGB each in its own way, and all the others. */
function colourModel({ bytes, header }: StoredPicture): 'cmyk' | 'grey16' | 'rgb' {
  if (header.format === 'jpeg' && readJpegTraits(bytes).components === 4) return 'cmyk';
  // The IHDR chunk's depth and colour type (PNG specification, 11.2.2).
  if (header.format === 'png' && bytes[24] === 16 && bytes[25] === 0) return 'grey16';
  return 'rgb';
}

/** Takes the nearest pixel per axis out of a whole picture into `out`, whose length says how many channels there are. */
function pickNearest<Samples extends Uint8Array | Uint16Array>(
  data: Samples,
  { width, height }: { readonly width: number; readonly height: number },
  side: number,
  out: Samples,
): Samples {
  const channels = out.length / (side * side);
  const columns = nearestIndices(width, side);
  let to = 0;
  for (const row of nearestIndices(height, side))
    for (const column of columns) {
      const from = (row * width + column) * channels;
      for (let channel = 0; channel < channels; channel++) out[to++] = data[from + channel] ?? 0;
    }
  return out;
}

/**
 * Which of `size` source pixels each of `side` target pixels takes, as Pillow's nearest neighbour has it (Pillow,
 * src/libImaging/Geometry.c, `ImagingScaleAffine`).
 *
 * The position is accumulated in float64 as Pillow does: multiplied instead, it rounds to another pixel at common sizes
 * such as 320, 384 and 512.
 */
export function nearestIndices(size: number, side: number): Uint32Array {
  const step = size / side;
  let position = step / 2;
  return Uint32Array.from({ length: side }, () => {
    const index = Math.trunc(position);
    position += step;
    return index;
  });
}
