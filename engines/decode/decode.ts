import type { Recipe } from '../../backbones/backbone.js';
import type { ImageFormat } from '../../dataset/image-format.js';
import { type ImageRefusal, readImageHeader } from '../../dataset/image-header.js';
import { cropBicubic } from './crop-bicubic.js';
import { kerasNearest } from './keras-nearest.js';
import type { StoredPicture } from './open-picture.js';
import { createPixelBudget } from './pixel-budget.js';

/**
 * Decodes one picture by the recipe into `target` (`side × side × 3` bytes, RGB), or says why it is refused: the same
 * sentence for the same bytes, always. Throws only for trouble that is not the picture's.
 */
export type Decoder = (bytes: Uint8Array, target: Uint8Array) => Promise<ImageRefusal | undefined>;

/** Pixels in decoding at once: at most 320 MB; a larger picture is decoded alone. */
const PIXELS_AT_ONCE = 40_000_000;

/** Makes the decoder of a recipe. Calls may overlap; large pictures wait for one another. */
export function createDecoder(recipe: Recipe): Decoder {
  const budget = createPixelBudget(PIXELS_AT_ONCE);
  return async (bytes, target) => {
    const header = readImageHeader(bytes);
    if ('reason' in header) return header;
    return budget.spend(header.width * header.height, async () => {
      let pixels: Uint8Array;
      try {
        pixels = await decodeTolerantly({ bytes, header }, recipe);
      } catch (error) {
        return explainRefusal(error, header.format);
      }
      // What is missing would be another picture's pixels: these have been in the same memory before.
      if (pixels.length !== target.length)
        throw new TypeError(`Recipe ${recipe.name} gave ${pixels.length} bytes of ${target.length}.`);
      target.set(pixels);
      return undefined;
    });
  };
}

/**
 * libjpeg only warns of lost data (and paints it grey), but also of harmless oddities. So a JPEG is decoded strictly
 * first, and once more where the warning was of the harmless kind. libpng's warnings are all harmless.
 */
async function decodeTolerantly(picture: Omit<StoredPicture, 'failOn'>, recipe: Recipe): Promise<Uint8Array> {
  if (picture.header.format !== 'jpeg') return prepare({ ...picture, failOn: 'error' }, recipe);
  try {
    return await prepare({ ...picture, failOn: 'warning' }, recipe);
  } catch (error) {
    if (!HARMLESS.test(messageOf(error))) throw error;
    return prepare({ ...picture, failOn: 'error' }, recipe);
  }
}

/** libjpeg-turbo, jerror.h: JWRN_EXTRANEOUS_DATA, JWRN_NOT_SEQUENTIAL, JWRN_BOGUS_PROGRESSION, JWRN_ADOBE_XFORM. */
const HARMLESS =
  /extraneous bytes before marker|Invalid SOS parameters|Inconsistent progression|Unknown Adobe color/;

/** What a recipe makes of a picture: `side × side × 3` bytes. */
const prepare = (picture: StoredPicture, recipe: Recipe): Promise<Uint8Array> =>
  recipe.name === 'keras-nearest' ? kerasNearest(picture, recipe) : cropBicubic(picture, recipe);

const TITLES: Readonly<Record<ImageFormat, string>> = { jpeg: 'JPEG', png: 'PNG', webp: 'WebP' };

/** libvips' own words differ between versions and a refusal is remembered, so it gets one sentence a format. */
function explainRefusal(error: unknown, format: ImageFormat): ImageRefusal {
  if (/memory|allocate/i.test(messageOf(error))) throw error;
  return { reason: `is a ${TITLES[format]} that is cut off or damaged` };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
