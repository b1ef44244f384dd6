import type { Sharp } from 'sharp';
import type { CropBicubicRecipe } from '../../backbones/backbone.js';
import { enlargeBicubic } from './enlarge.js';
import { readJpegTraits } from './jpeg-traits.js';
import { openPicture, readPixels, type StoredPicture } from './open-picture.js';
import type { Size } from './pixels.js';
import { sharp } from './sharp-loaders.js';

/**
 * Recipes `crop-bicubic` and `crop-bicubic-fast`: short side to `shortSide`, bicubic and antialiased, then the
 * floor-centred square: `crop × crop × 3` bytes.
 */
export async function cropBicubic(stored: StoredPicture, recipe: CropBicubicRecipe): Promise<Uint8Array> {
  const { picture, size, hasAlpha } = await openUpright(stored, recipe);
  const resized = fitShortSide(size, recipe.shortSide);
  const { crop: side } = recipe;
  const window = { left: (resized.width - side) >> 1, top: (resized.height - side) >> 1, side };
  if (resized.width > size.width) return enlargeBicubic(await readPixels(picture), resized, window);
  const fast = recipe.name === 'crop-bicubic-fast' && stored.header.format === 'jpeg';
  const reducible = fast ? picture : await keepEveryPixel(picture, size, hasAlpha, recipe);
  return reducible
    .resize({ ...resized, fit: 'fill', kernel: 'cubic', fastShrinkOnLoad: fast })
    .extract({ left: window.left, top: window.top, width: side, height: side })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer();
}

/** A picture as sharp has it, and how large it is once it stands upright. */
interface UprightPicture {
  readonly picture: Sharp;
  readonly size: Size;
  readonly hasAlpha: boolean;
}

/** A JPEG that is surely upright is described by its header; only the others are worth a look by sharp. */
async function openUpright(stored: StoredPicture, recipe: CropBicubicRecipe): Promise<UprightPicture> {
  const { bytes, header } = stored;
  const honour = recipe.orientation === 'honour';
  if (header.format === 'jpeg' && (!honour || readJpegTraits(bytes).orientation === 'upright'))
    return { picture: openPicture(stored, recipe, false), size: header, hasAlpha: false };
  const picture = openPicture(stored, recipe, honour);
  const { width, height, autoOrient, hasAlpha } = await picture.metadata();
  return { picture, size: honour ? autoOrient : { width, height }, hasAlpha };
}

/** The long side is rounded to the nearest pixel, as in the fixtures that Pillow made. */
function fitShortSide({ width, height }: Size, shortSide: number): Size {
  return width <= height
    ? { width: shortSide, height: Math.round((shortSide * height) / width) }
    : { width: Math.round((shortSide * width) / height), height: shortSide };
}

/**
 * Makes sure that the resizing sees every stored pixel, with the colours that the recipe wants.
 *
 * sharp shrinks a large JPEG while loading it even with `fastShrinkOnLoad: false`; it does not where a colour space is
 * asked for before the resizing or an area is cut out before it (sharp 0.35, src/pipeline.cc, `shouldPreShrink`). The
 * former would come before a profile's conversion, so that takes the latter. And it multiplies colours by alpha before
 * it resizes, which loses the colours under transparency: to drop alpha is a step of its own.
 */
async function keepEveryPixel(
  picture: Sharp,
  size: Size,
  hasAlpha: boolean,
  recipe: CropBicubicRecipe,
): Promise<Sharp> {
  if (hasAlpha && recipe.alpha === 'drop') {
    const { data, width, height } = await readPixels(picture);
    return sharp(data, { raw: { width, height, channels: 3 } });
  }
  return recipe.icc === 'ignore'
    ? picture.pipelineColourspace('srgb')
    : picture.extract({ left: 0, top: 0, width: size.width, height: size.height });
}
