/** Cosine of the angle between two vectors of equal length, in float64; 1 for two vectors of zeros, 0 for one. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let product = 0;
  let squaresOfA = 0;
  let squaresOfB = 0;
  for (let at = 0; at < a.length; at++) {
    const [x = 0, y = 0] = [a[at], b[at]];
    product += x * y;
    squaresOfA += x * x;
    squaresOfB += y * y;
  }
  if (squaresOfA === 0 || squaresOfB === 0) return squaresOfA === squaresOfB ? 1 : 0;
  return product / Math.sqrt(squaresOfA * squaresOfB);
}
