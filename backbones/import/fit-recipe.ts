import type { Recipe } from '../backbone.js';

/**
 * A recipe for another size: the same share of the picture (256 : 224 stays 256 : 224) in more or fewer pixels.
 *
 * @param side of the square that a network takes, pixels.
 */
export function fitRecipe(recipe: Recipe, side: number): Recipe {
  if (recipe.name === 'keras-nearest') return { ...recipe, side };
  return { ...recipe, shortSide: Math.round((recipe.shortSide * side) / recipe.crop), crop: side };
}
