import type { Sharp } from 'sharp';

/** Largest side of a thumbnail, pixels. */
const SIDE = 160;
const QUALITY = 76;
/** Refuses to decode what would take more memory than a report is worth: 100 megapixels. */
const MAX_PIXELS = 100_000_000;
/** Loaders that a JPEG, PNG or WebP needs; every other one (SVG, PDF, …) stays blocked, whatever the file is called. */
const LOADERS = ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'];

/**
 * A small JPEG of a picture for the gallery, at most 160 × 160, upright by its EXIF orientation, transparency over white.
 *
 * `bytes` is a JPEG, PNG or WebP. What does not decode becomes a grey placeholder: a report is never lost to a picture.
 */
export async function makeThumbnail(bytes: Uint8Array): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp');
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: LOADERS });
  try {
    return await encode(
      sharp(bytes, { limitInputPixels: MAX_PIXELS, pages: 1 })
        .autoOrient()
        .flatten({ background: '#ffffff' })
        .resize({ width: SIDE, height: SIDE, fit: 'inside', withoutEnlargement: true }),
    );
  } catch {
    const grey = { width: SIDE, height: SIDE, channels: 3, background: '#d6d3cd' } as const;
    return await encode(sharp({ create: grey }));
  }
}

async function encode(picture: Sharp): Promise<Uint8Array> {
  return new Uint8Array(await picture.jpeg({ quality: QUALITY, mozjpeg: true }).toBuffer());
}
