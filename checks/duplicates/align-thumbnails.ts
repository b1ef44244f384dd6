import { type GreyThumbnail, THUMBNAIL_SIDE as SIDE } from './grey-thumbnail.js';

/** Which part of one picture the other shows, in shares of its width and height; beyond 0 and 1 where it shows more. */
interface Window {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const WHOLE: Window = { left: 0, right: 1, top: 0, bottom: 1 };
/** How far an edge may lie from the other picture's. */
const FARTHEST = 0.12;
/** Pixels around each that its blurred self is the mean of. */
const BLUR = 3;
/** Grey levels of deviation that are no detail: noise of a camera, or of a JPEG. */
const QUIET = 6;
/**
 * Steps of the search, in shares of a side: coarse ones look at every second pixel of every second line. What is less alike
 * than `least` after one is no copy, and the search ends.
 */
const STEPS = [
  { by: 0.04, every: 2, least: 0.7 },
  { by: 0.02, every: 2, least: 0.8 },
  { by: 0.01, every: 1, least: 0.85 },
  { by: 0.005, every: 1, least: -1 },
] as const;
/** Each edge alone, both of a pair together (a shift) and against each other (a crop), all four against each other. */
const MOVES: readonly (readonly [number, number, number, number])[] = [
  ...([
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
    [0, 0, 0, 1],
  ] as const),
  ...([
    [1, 1, 0, 0],
    [0, 0, 1, 1],
    [1, -1, 0, 0],
    [0, 0, 1, -1],
    [1, -1, 1, -1],
  ] as const),
];

/** How equal two pictures are where they overlap. */
export interface Likeness {
  /**
   * Normalised cross-correlation of the thumbnails, −1 to 1: 1 for the same picture, whatever its brightness and contrast;
   * 0 for pictures of one colour, of which nothing can be said. Landscapes of one composition reach 0.95.
   */
  readonly layout: number;
  /** The same of what is left of the thumbnails without their blurred selves; hills that resemble each other get 0.2. */
  readonly detail: number;
}

/**
 * Compares two pictures at the window that makes their layout most equal, found by pattern search from the whole picture
 * (Hooke and Jeeves, 1961), so that pictures cropped by up to 12 % a side, re-encoded or resized align.
 */
export function compareAligned(a: GreyThumbnail, b: GreyThumbnail): Likeness {
  const { window, layout } = findWindow(Float32Array.from(a), Float32Array.from(b));
  return { layout, detail: correlate(sharpen(a), sharpen(b), window) };
}

function findWindow(a: Float32Array, b: Float32Array): { readonly window: Window; readonly layout: number } {
  let best = { window: WHOLE, layout: 0 };
  for (const { by, every, least } of STEPS) {
    best = { ...best, layout: correlate(a, b, best.window, every) };
    for (let improved = true; improved;) {
      const before = best.layout;
      for (const window of windowsAround(best.window, by)) {
        const layout = correlate(a, b, window, every);
        if (layout > best.layout) best = { window, layout };
      }
      improved = best.layout > before + 1e-4;
    }
    if (best.layout < least) break;
  }
  return best;
}

/**
 * Each pixel less the mean of the square around it, over the deviation there: what a blurred picture lacks, in the quiet
 * parts as much as along a horizon.
 */
function sharpen(thumbnail: GreyThumbnail): Float32Array {
  const detail = new Float32Array(thumbnail.length);
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) {
      let [sum, squares, count] = [0, 0, 0];
      for (let v = Math.max(0, y - BLUR); v <= Math.min(SIDE - 1, y + BLUR); v++)
        for (let u = Math.max(0, x - BLUR); u <= Math.min(SIDE - 1, x + BLUR); u++) {
          const grey = thumbnail[v * SIDE + u] ?? 0;
          sum += grey;
          squares += grey * grey;
          count++;
        }
      const mean = sum / count;
      const deviation = Math.sqrt(Math.max(0, squares / count - mean ** 2));
      detail[y * SIDE + x] = ((thumbnail[y * SIDE + x] ?? 0) - mean) / (deviation + QUIET);
    }
  return detail;
}

function windowsAround({ left, right, top, bottom }: Window, step: number): Window[] {
  const moved = MOVES.flatMap(([l, r, t, b]) =>
    [step, -step].map((by) => ({
      left: left + l * by,
      right: right + r * by,
      top: top + t * by,
      bottom: bottom + b * by,
    })),
  );
  return moved.filter(
    (window) =>
      Math.abs(window.left) <= FARTHEST &&
      Math.abs(window.right - 1) <= FARTHEST &&
      Math.abs(window.top) <= FARTHEST &&
      Math.abs(window.bottom - 1) <= FARTHEST,
  );
}

/** Correlation of `b` with the window of `a`, over the pixels of `b` that lie in `a`: all of them, or every second each way. */
function correlate(a: Float32Array, b: Float32Array, window: Window, every = 1): number {
  const columns = mapAxis(window.left, window.right);
  const rows = mapAxis(window.top, window.bottom);
  let [count, sumA, sumB, squareA, squareB, product] = [0, 0, 0, 0, 0, 0];
  for (let y = 0; y < SIDE; y += every) {
    const upper = rows.pixel[y] ?? OUTSIDE;
    if (upper === OUTSIDE) continue;
    const down = rows.share[y] ?? 0;
    for (let x = 0; x < SIDE; x += every) {
      const left = columns.pixel[x] ?? OUTSIDE;
      if (left === OUTSIDE) continue;
      const across = columns.share[x] ?? 0;
      const at = upper * SIDE + left;
      const above = (a[at] ?? 0) * (1 - across) + (a[at + 1] ?? 0) * across;
      const below = (a[at + SIDE] ?? 0) * (1 - across) + (a[at + SIDE + 1] ?? 0) * across;
      const valueA = above * (1 - down) + below * down;
      const valueB = b[y * SIDE + x] ?? 0;
      count++;
      sumA += valueA;
      sumB += valueB;
      squareA += valueA * valueA;
      squareB += valueB * valueB;
      product += valueA * valueB;
    }
  }
  const spread = (squareA - sumA ** 2 / count) * (squareB - sumB ** 2 / count);
  return spread > 1e-6 ? (product - (sumA * sumB) / count) / Math.sqrt(spread) : 0;
}

const OUTSIDE = -1;

/** Where the middle of each pixel of one picture lies in the other: between `pixel` and the next, `share` of the way. */
function mapAxis(from: number, to: number) {
  const pixel = new Int32Array(SIDE).fill(OUTSIDE);
  const share = new Float64Array(SIDE);
  for (let at = 0; at < SIDE; at++) {
    const place = (from + ((at + 0.5) / SIDE) * (to - from)) * SIDE - 0.5;
    if (place < -0.5 || place > SIDE - 0.5) continue;
    const low = Math.max(0, Math.min(SIDE - 2, Math.floor(place)));
    pixel[at] = low;
    share[at] = Math.max(0, Math.min(1, place - low));
  }
  return { pixel, share };
}
