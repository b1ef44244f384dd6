import { type Matrix, type TileSize, TRANSFORMS } from './transforms.js';

/** Up to so many tiles a whole line is one matrix: its zeros cost less than cutting it. */
const MOST_TILES = 7;

/**
 * The transforms of all tiles along one axis, as matrices to multiply a line of pixels with. Long lines are cut into
 * segments of a few tiles, because most of a long line's matrix would be zeros. With `a` the place in a tile:
 */
export interface LineTransform {
  /** Into how many segments a line is cut; segment s has the tiles from s · tiles on. */
  readonly segments: number;
  /** Tiles of one segment. */
  readonly tiles: number;
  /** Pixels that a segment reads; neighbours overlap by two. */
  readonly width: number;
  /** [segments, width]: which pixels of the line these are. */
  readonly windows: readonly number[];
  /** [segments, (m + 2) · tiles, width]: Bᵀ; row a · tiles + t. The padding's zeros are not read and have no column. */
  readonly input: Float32Array;
  /** [m · tiles, (m + 2) · tiles]: Aᵀ, the same for every segment. */
  readonly output: Float32Array;
}

/** @param length pixels of the line, padded with one zero at either end; a multiple of the tile. */
export function transformLine(length: number, tile: TileSize): LineTransform {
  const all = length / tile;
  const tiles = all <= MOST_TILES ? all : smallestDivisor(all);
  const segments = all / tiles;
  const width = segments === 1 ? length : tile * tiles + 2;
  const starts = Array.from({ length: segments }, (_, segment) =>
    Math.min(Math.max(segment * tiles * tile - 1, 0), length - width),
  );
  return {
    segments,
    tiles,
    width,
    windows: starts.flatMap((start) => Array.from({ length: width }, (_, at) => start + at)),
    input: Float32Array.from(
      starts.flatMap((start, segment) =>
        inputRows(TRANSFORMS[tile].input, { tiles, width, first: segment * tiles * tile - 1 - start, tile }),
      ),
    ),
    output: Float32Array.from(outputRows(TRANSFORMS[tile].output, tiles)),
  };
}

const smallestDivisor = (count: number): number => {
  let divisor = 2;
  while (count % divisor !== 0) divisor++;
  return divisor;
};

interface Segment {
  readonly tiles: number;
  readonly width: number;
  /** Where in the window its first tile begins; -1 is the padding. */
  readonly first: number;
  readonly tile: TileSize;
}

/** Bᵀ once for each tile: [(m + 2) · tiles, width], row a · tiles + t. */
const inputRows = (matrix: Matrix, { tiles, width, first, tile }: Segment): number[] =>
  matrix.flatMap((row) =>
    Array.from({ length: tiles * width }, (_, at) => {
      const [t, pixel] = [Math.floor(at / width), at % width];
      return row[pixel - first - t * tile] ?? 0;
    }),
  );

/** Aᵀ once for each tile: [m · tiles, (m + 2) · tiles], row t · m + o, column a · tiles + t. */
const outputRows = (matrix: Matrix, tiles: number): number[] =>
  Array.from({ length: tiles }, (_, t) =>
    matrix.map((row) =>
      row.flatMap((factor) => Array.from({ length: tiles }, (__, other) => (other === t ? factor : 0))),
    ),
  ).flat(2);
