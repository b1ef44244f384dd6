import { sharp } from '../../engines/decode/sharp-loaders.js';
import { MAX_PIXELS } from '../../dataset/image-header.js';

/** Side of a thumbnail in pixels: enough to tell two photographs of one dish apart, and decoded at an eighth of full size. */
export const THUMBNAIL_SIDE = 48;

/** `THUMBNAIL_SIDE²` grey values, 0 to 255, row-major; the whole picture, stretched to a square. */
export type GreyThumbnail = Uint8Array;

/**
 * Decodes a JPEG, PNG or WebP to a small square of greys, upright by its EXIF orientation, transparency over white;
 * `undefined` where the bytes do not decode.
 */
export async function makeGreyThumbnail(bytes: Uint8Array): Promise<GreyThumbnail | undefined> {
  try {
    const { data } = await sharp(bytes, { failOn: 'none', limitInputPixels: MAX_PIXELS, pages: 1 })
      .autoOrient()
      .flatten({ background: 'white' })
      .resize({ width: THUMBNAIL_SIDE, height: THUMBNAIL_SIDE, fit: 'fill' })
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return Uint8Array.from(data);
  } catch {
    return undefined;
  }
}
