import type { CropBicubicRecipe } from './backbone.js';

/**
 * How EfficientNet-Lite0's pictures were prepared when its published weights were evaluated: Pillow's
 * `convert('RGB')`, `resize` bicubic, central crop.
 *
 * Pillow's conversion throws the alpha channel away and ignores colour profiles, and so does this recipe: what the
 * network saw counts for more than what a screen shows. It departs in one place: EXIF orientation is honoured, because
 * a photograph that lies on its side is another picture to the network.
 */
export const CROP_BICUBIC: CropBicubicRecipe = {
  name: 'crop-bicubic',
  shortSide: 256,
  crop: 224,
  orientation: 'honour',
  icc: 'ignore',
  alpha: 'drop',
};
