import type { Sharp, SharpOptions } from 'sharp';
import type { Recipe } from '../../backbones/backbone.js';
import { type ImageHeader, MAX_PIXELS } from '../../dataset/image-header.js';
import type { Pixels } from './pixels.js';
import { sharp } from './sharp-loaders.js';
import { withoutMetadata } from './without-metadata.js';

/** A picture that is about to be decoded. */
export interface StoredPicture {
  readonly bytes: Uint8Array;
  readonly header: ImageHeader;
  /** What its loader refuses: `warning`, lost data of any kind; `error`, only what cannot be read at all. */
  readonly failOn: Extract<SharpOptions['failOn'], 'warning' | 'error'>;
}

/** Hands a picture to sharp, which has decoded nothing yet. `turn`: apply its EXIF orientation. */
export function openPicture(
  { bytes, header, failOn }: StoredPicture,
  { icc, alpha }: Pick<Recipe, 'icc' | 'alpha'>,
  turn: boolean,
): Sharp {
  const picture = sharp(header.format === 'jpeg' && !turn ? withoutMetadata(bytes) : bytes, {
    failOn,
    limitInputPixels: MAX_PIXELS,
    autoOrient: turn,
    ignoreIcc: icc === 'ignore',
  });
  return alpha === 'white' ? picture.flatten({ background: 'white' }) : picture;
}

/** The whole picture as `width × height × 3` bytes, alpha dropped where it is not gone already. */
export async function readPixels(picture: Sharp): Promise<Pixels> {
  const { data, info } = await picture
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
