import type { Sharp } from 'sharp';
import { sharp } from '../engines/decode/sharp-loaders.js';

/** Largest side of a thumbnail, pixels. */
const SIDE = 160;
const QUALITY = 76;
/** Refuses to decode what would take more memory than a report is worth: 100 megapixels. */
const MAX_PIXELS = 100_000_000;
const GREY = { width: SIDE, height: SIDE, channels: 3, background: '#d6d3cd' } as const;

/**
 * A small JPEG of a picture for the gallery, at most 160 × 160, upright by its EXIF orientation, transparency over white.
 *
 * `bytes` is a JPEG, PNG or WebP; of a damaged one, whatever can be shown is shown. What does not decode at all becomes a
 * grey placeholder: a report is never lost to a picture.
 */
export async function makeThumbnail(bytes: Uint8Array): Promise<Uint8Array> {
  try {
    return await encode(
      sharp(bytes, { failOn: 'none', limitInputPixels: MAX_PIXELS, pages: 1 })
        .autoOrient()
        .flatten({ background: '#ffffff' })
        .resize({ width: SIDE, height: SIDE, fit: 'inside', withoutEnlargement: true }),
    );
  } catch {
    return await encode(sharp({ create: GREY }));
  }
}

async function encode(picture: Sharp): Promise<Uint8Array> {
  return new Uint8Array(await picture.jpeg({ quality: QUALITY, mozjpeg: true }).toBuffer());
}
