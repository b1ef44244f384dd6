import type { CropBicubicRecipe, KerasNearestRecipe, Recipe } from './backbone.js';

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

/**
 * {@link CROP_BICUBIC} for those who prefer speed: libjpeg shrinks a JPEG by 2, 4 or 8 while it decodes, where the short
 * side is at least three times `shortSide`. Other pictures come out as they do there. Its features are not those of
 * `crop-bicubic`, so it has a fingerprint of its own.
 */
export const CROP_BICUBIC_FAST: CropBicubicRecipe = { ...CROP_BICUBIC, name: 'crop-bicubic-fast' };

/** Keras' `load_img(target_size=(224, 224))`, which VGG16's tutorials use: nearest neighbour, stored orientation. */
export const KERAS_NEAREST: KerasNearestRecipe = {
  name: 'keras-nearest',
  side: 224,
  orientation: 'ignore',
  icc: 'ignore',
  alpha: 'drop',
};

/** The recipes by name, as `--recipe` knows them. */
export const RECIPES: Readonly<Record<Recipe['name'], Recipe>> = {
  'crop-bicubic': CROP_BICUBIC,
  'crop-bicubic-fast': CROP_BICUBIC_FAST,
  'keras-nearest': KERAS_NEAREST,
};

/** Side of the square that a recipe makes, pixels. */
export const recipeSide = (recipe: Recipe): number =>
  recipe.name === 'keras-nearest' ? recipe.side : recipe.crop;
