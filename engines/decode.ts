import type { Metadata, Sharp, SharpOptions } from 'sharp';
import type { Recipe } from '../backbones/backbone.js';
import type { ImageFormat } from '../dataset/image-format.js';
import { type ImageRefusal, MAX_PIXELS, readImageHeader } from '../dataset/image-header.js';
import { enlargeBicubic } from './enlarge.js';
import { createPixelBudget } from './pixel-budget.js';
import type { Pixels, Size } from './pixels.js';
import { sharp } from './sharp-loaders.js';

/**
 * Decodes one picture by the recipe into `target` (`crop × crop × 3` bytes, RGB), or says why it is refused: the same
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
      try {
        target.set(await decodeTolerantly(bytes, header.format, recipe));
        return undefined;
      } catch (error) {
        return explainRefusal(error, header.format);
      }
    });
  };
}

/**
 * libjpeg only warns of lost data (and paints it grey), but also of harmless oddities. So a JPEG is decoded strictly
 * first, and once more where the warning was of the harmless kind. libpng's warnings are all harmless.
 */
async function decodeTolerantly(bytes: Uint8Array, format: ImageFormat, recipe: Recipe): Promise<Uint8Array> {
  if (format !== 'jpeg') return cropBicubic(bytes, recipe, 'error');
  try {
    return await cropBicubic(bytes, recipe, 'warning');
  } catch (error) {
    if (!HARMLESS.test(messageOf(error))) throw error;
    return cropBicubic(bytes, recipe, 'error');
  }
}

/** libjpeg-turbo, jerror.h: JWRN_EXTRANEOUS_DATA, JWRN_NOT_SEQUENTIAL, JWRN_BOGUS_PROGRESSION, JWRN_ADOBE_XFORM. */
const HARMLESS =
  /extraneous bytes before marker|Invalid SOS parameters|Inconsistent progression|Unknown Adobe color/;

/** Recipe `crop-bicubic`: short side to `shortSide`, bicubic and antialiased, then the floor-centred square. */
async function cropBicubic(bytes: Uint8Array, recipe: Recipe, failOn: Strictness): Promise<Uint8Array> {
  const picture = openPicture(bytes, recipe, failOn);
  const metadata = await picture.metadata();
  const size = recipe.orientation === 'honour' ? metadata.autoOrient : metadata;
  const resized = fitShortSide(size, recipe.shortSide);
  const { crop: side } = recipe;
  const window = { left: (resized.width - side) >> 1, top: (resized.height - side) >> 1, side };
  if (resized.width > size.width) return enlargeBicubic(await readPixels(picture), resized, window);
  const reducible = await prepareReduction(picture, metadata, size, recipe);
  return reducible
    .resize({ ...resized, fit: 'fill', kernel: 'cubic', fastShrinkOnLoad: false })
    .extract({ left: window.left, top: window.top, width: side, height: side })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer();
}

type Strictness = NonNullable<SharpOptions['failOn']>;

function openPicture(bytes: Uint8Array, recipe: Recipe, failOn: Strictness): Sharp {
  const picture = sharp(bytes, {
    failOn,
    limitInputPixels: MAX_PIXELS,
    autoOrient: recipe.orientation === 'honour',
    ignoreIcc: recipe.icc === 'ignore',
  });
  return recipe.alpha === 'white' ? picture.flatten({ background: 'white' }) : picture;
}

/** The long side is rounded to the nearest pixel, as in the fixtures that Pillow made. */
function fitShortSide({ width, height }: Size, shortSide: number): Size {
  return width <= height
    ? { width: shortSide, height: Math.round((shortSide * height) / width) }
    : { width: Math.round((shortSide * width) / height), height: shortSide };
}

/** The whole picture upright, alpha dropped (or gone already). */
async function readPixels(picture: Sharp): Promise<Pixels> {
  const { data, info } = await picture
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/**
 * Makes sure that the resizing sees every stored pixel, with the colours that the recipe wants.
 *
 * sharp shrinks a large JPEG while loading it even with `fastShrinkOnLoad: false`; it does not where a colour space is
 * asked for before the resizing or an area is cut out before it (sharp 0.35, src/pipeline.cc, `shouldPreShrink`). The
 * former would come before a profile's conversion, so that takes the latter. And it multiplies colours by alpha before
 * it resizes, which loses the colours under transparency: to drop alpha is a step of its own.
 */
async function prepareReduction(
  picture: Sharp,
  metadata: Metadata,
  size: Size,
  recipe: Recipe,
): Promise<Sharp> {
  if (metadata.hasAlpha && recipe.alpha === 'drop') {
    const { data, width, height } = await readPixels(picture);
    return sharp(data, { raw: { width, height, channels: 3 } });
  }
  return recipe.icc === 'ignore'
    ? picture.pipelineColourspace('srgb')
    : picture.extract({ left: 0, top: 0, width: size.width, height: size.height });
}

const TITLES: Readonly<Record<ImageFormat, string>> = { jpeg: 'JPEG', png: 'PNG', webp: 'WebP' };

/** libvips' own words differ between versions and a refusal is remembered, so it gets one sentence a format. */
function explainRefusal(error: unknown, format: ImageFormat): ImageRefusal {
  if (/memory|allocate/i.test(messageOf(error))) throw error;
  return { reason: `is a ${TITLES[format]} that is cut off or damaged` };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
