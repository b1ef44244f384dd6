import { fc } from '../support/properties.js';
import { expect, test } from 'vitest';
import { transformLine } from '../../engines/winograd/line-transform.js';
import { transformWeights } from '../../engines/winograd/transform-weights.js';
import { type TileSize, TRANSFORMS } from '../../engines/winograd/transforms.js';

const TILES: readonly TileSize[] = [2, 4];

const numbers = (length: number) =>
  fc.array(fc.integer({ min: -9, max: 9 }), { minLength: length, maxLength: length });

const dot = (row: ArrayLike<number>, column: ArrayLike<number>): number =>
  Array.from(row).reduce((sum, factor, at) => sum + factor * (column[at] ?? Number.NaN), 0);

/** Correlation with three weights over a line padded with one zero at either end. */
const correlate = (line: readonly number[], weights: readonly number[]): number[] =>
  line.map((_, at) => dot(weights, [line[at - 1] ?? 0, line[at] ?? 0, line[at + 1] ?? 0]));

/** Row `at` of a row-major matrix. */
const row = (matrix: Float32Array, at: number, width: number): Float32Array =>
  matrix.subarray(at * width, (at + 1) * width);

test.each(TILES)('tiles of %i: Aᵀ [(G g) ⊙ (Bᵀ d)] is the correlation', (tile) => {
  const { input, weights, output } = TRANSFORMS[tile];
  fc.assert(
    fc.property(numbers(tile + 2), numbers(3), (d, g) => {
      const products = input.map((factors, at) => dot(factors, d) * dot(weights[at] ?? [], g));
      output.forEach((factors, at) =>
        expect(dot(factors, products)).toBeCloseTo(dot(g, d.slice(at, at + 3)), 9),
      );
    }),
  );
});

// One segment, several of two tiles, of three, of a prime number of tiles.
test.each([
  [2, 14],
  [2, 16],
  [2, 22],
  [4, 4],
  [4, 28],
  [4, 36],
  [4, 56],
] as const)(
  'tiles of %i over a line of %i pixels give the correlation of the padded line',
  (tile, length) => {
    const { segments, tiles, width, windows, input, output } = transformLine(length, tile);
    const products = (tile + 2) * tiles;
    expect(segments * tiles * tile).toBe(length);
    fc.assert(
      fc.property(numbers(length), numbers(3), (line, g) => {
        const transformed = TRANSFORMS[tile].weights.map((factors) => dot(factors, g));
        const received = Array.from({ length: segments }, (_, segment) => {
          const window = windows
            .slice(segment * width, (segment + 1) * width)
            .map((at) => line[at] ?? Number.NaN);
          const values = Array.from({ length: products }, (__, at) => {
            const weight = transformed[Math.floor(at / tiles)] ?? Number.NaN;
            return weight * dot(row(input, segment * products + at, width), window);
          });
          return Array.from({ length: tiles * tile }, (__, at) => dot(row(output, at, products), values));
        }).flat();
        correlate(line, g).forEach((value, at) => expect(received[at]).toBeCloseTo(value, 6));
      }),
      { numRuns: 20 },
    );
  },
);

test.each(TILES)('tiles of %i: a kernel is transformed by rows and columns, in float64', (tile) => {
  const kernels = Float32Array.from({ length: 2 * 3 * 9 }, (_, at) => Math.sin(at));
  const matrices = transformWeights(kernels, 2, 3, tile);
  const rows = TRANSFORMS[tile].weights;
  expect(matrices).toHaveLength((tile + 2) ** 2);
  matrices.forEach((matrix, product) => {
    const [a, b] = [rows[Math.floor(product / (tile + 2))] ?? [], rows[product % (tile + 2)] ?? []];
    const outer = a.flatMap((down) => b.map((across) => down * across));
    for (const [input, output] of [
      [0, 0],
      [2, 1],
      [1, 0],
    ] as const) {
      const kernel = kernels.subarray((output * 3 + input) * 9, (output * 3 + input + 1) * 9);
      expect(matrix[input * 2 + output]).toBeCloseTo(dot(outer, kernel), 6);
    }
  });
});
