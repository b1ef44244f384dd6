/** Rows of a small matrix. */
export type Matrix = readonly (readonly number[])[];

/** Outputs of a tile along one axis. A tile reads two inputs more, and has as many products as it reads inputs. */
export type TileSize = 2 | 4;

/** F(m, 3): m outputs of a correlation with 3 weights by m + 2 products instead of 3 m. */
export interface WinogradTransforms {
  /** Bᵀ [m + 2, m + 2]: of the inputs. */
  readonly input: Matrix;
  /** G [m + 2, 3]: of the weights. */
  readonly weights: Matrix;
  /** Aᵀ [m, m + 2]: of the products. */
  readonly output: Matrix;
}

/**
 * The transforms Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A of Lavin & Gray, Fast Algorithms for Convolutional Neural Networks
 * (2015, arXiv:1509.09308, sections 4.1 and 4.2). Larger tiles than 4 save more products and lose digits.
 */
export const TRANSFORMS: Readonly<Record<TileSize, WinogradTransforms>> = {
  2: {
    input: [
      [1, 0, -1, 0],
      [0, 1, 1, 0],
      [0, -1, 1, 0],
      [0, 1, 0, -1],
    ],
    weights: [
      [1, 0, 0],
      [1 / 2, 1 / 2, 1 / 2],
      [1 / 2, -1 / 2, 1 / 2],
      [0, 0, 1],
    ],
    output: [
      [1, 1, 1, 0],
      [0, 1, -1, -1],
    ],
  },
  4: {
    input: [
      [4, 0, -5, 0, 1, 0],
      [0, -4, -4, 1, 1, 0],
      [0, 4, -4, -1, 1, 0],
      [0, -2, -1, 2, 1, 0],
      [0, 2, -1, -2, 1, 0],
      [0, 4, 0, -5, 0, 1],
    ],
    weights: [
      [1 / 4, 0, 0],
      [-1 / 6, -1 / 6, -1 / 6],
      [-1 / 6, 1 / 6, -1 / 6],
      [1 / 24, 1 / 12, 1 / 6],
      [1 / 24, -1 / 12, 1 / 6],
      [0, 0, 1],
    ],
    output: [
      [1, 1, 1, 1, 1, 0],
      [0, 1, -1, 2, -2, 0],
      [0, 1, 1, 4, 4, 0],
      [0, 1, -1, 8, -8, 1],
    ],
  },
};
