/**
 * Pictures to try a network on, the same every time: noise for even numbers, smooth waves for odd ones.
 *
 * @returns `numbers.length × side × side × 3` bytes, RGB.
 */
export function makeTrialPictures(numbers: readonly number[], side: number): Uint8Array {
  const pictures = new Uint8Array(numbers.length * side * side * 3);
  numbers.forEach((number, at) => {
    const picture = pictures.subarray(at * side * side * 3, (at + 1) * side * side * 3);
    if (number % 2 === 0) fillWithNoise(picture, number);
    else fillWithWaves(picture, number, side);
  });
  return pictures;
}

/** Numerical Recipes' linear congruential generator, its highest byte. */
function fillWithNoise(picture: Uint8Array, seed: number): void {
  let state = seed + 1;
  for (let at = 0; at < picture.length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    picture[at] = state >>> 24;
  }
}

function fillWithWaves(picture: Uint8Array, number: number, side: number): void {
  for (let at = 0; at < picture.length; at++) {
    const pixel = Math.floor(at / 3);
    const across = ((pixel % side) / side) * 2 * Math.PI * number;
    const down = (pixel / side / side) * 2 * Math.PI;
    picture[at] = 127.5 * (1 + Math.sin(across + (at % 3)) * Math.cos(down * number));
  }
}
