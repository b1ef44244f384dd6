import { type GreyThumbnail, THUMBNAIL_SIDE as SIDE } from './grey-thumbnail.js';

/** Side of the squares that are averaged: 8 × 8 of them make a picture. */
const SQUARE = 6;
const SQUARES = SIDE / SQUARE;

/**
 * The correlation of two pictures that are seen from far away and not aligned, −1 to 1: takes a hundredth of the time of
 * `compareAligned`, and tells most unrelated pictures apart. Copies cropped by 5 % a side have 0.6 and more.
 */
export function coarseLikeness(a: GreyThumbnail, b: GreyThumbnail): number {
  const [left, right] = [shrink(a), shrink(b)];
  let product = 0;
  for (let at = 0; at < left.length; at++) product += (left[at] ?? 0) * (right[at] ?? 0);
  return product;
}

/** The means of its squares, less their mean, scaled to length 1; zeros for a picture of one colour. */
function shrink(thumbnail: GreyThumbnail): Float64Array {
  const small = new Float64Array(SQUARES * SQUARES);
  thumbnail.forEach((grey, at) => {
    const square = Math.floor(Math.floor(at / SIDE) / SQUARE) * SQUARES + Math.floor((at % SIDE) / SQUARE);
    small[square] = (small[square] ?? 0) + grey;
  });
  const mean = small.reduce((sum, value) => sum + value, 0) / small.length;
  const length = Math.sqrt(small.reduce((sum, value) => sum + (value - mean) ** 2, 0));
  return small.map((value) => (length > 1e-6 ? (value - mean) / length : 0));
}
