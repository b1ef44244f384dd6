import type { Pixels } from './pixels.js';

/** What an enlargement is cut to: a square of `side` pixels at (`left`, `top`) of the enlarged picture. */
export interface CropWindow {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

/** Per output position: the first source position and the weights from there on, fixed point. */
interface Taps {
  readonly first: Int32Array;
  readonly weights: Int32Array;
}

const TAPS = 4;
const PRECISION_BITS = 22;
const HALF = 1 << (PRECISION_BITS - 1);

/**
 * Enlarges a picture to `width` × `height` and cuts a square out of it, bit for bit as Pillow's
 * `resize(…, Image.BICUBIC)` and `crop` do (Pillow, src/libImaging/Resample.c).
 *
 * libvips is not asked to: its enlargement lies half an output pixel beside Pillow's. Only the square is computed, so a
 * strip of any length costs the same: about 1.2 million multiplications for a square of 224.
 *
 * @param pixels RGB, 8 bits a channel; neither side may be greater than its target.
 * @returns `side × side × 3` bytes.
 */
export function enlargeBicubic(
  pixels: Pixels,
  size: { readonly width: number; readonly height: number },
  { left, top, side }: CropWindow,
): Uint8Array {
  const columns = computeTaps(pixels.width, size.width, left, side);
  const rows = computeTaps(pixels.height, size.height, top, side);
  const firstRow = rows.first[0] ?? 0;
  const rowCount = Math.min(pixels.height, (rows.first[side - 1] ?? 0) + TAPS) - firstRow;
  return weighRows(weighColumns(pixels, columns, firstRow, rowCount), rows, firstRow, rowCount);
}

/** Keys' cubic convolution with a = -0.5 (Catmull-Rom), as Pillow has it. */
function cubic(x: number): number {
  const distance = Math.abs(x);
  if (distance < 1) return (1.5 * distance - 2.5) * distance * distance + 1;
  if (distance < 2) return (((distance - 5) * distance + 8) * distance - 4) * -0.5;
  return 0;
}

function computeTaps(source: number, target: number, offset: number, count: number): Taps {
  const scale = source / target;
  const first = new Int32Array(count);
  const weights = new Int32Array(count * TAPS);
  for (let at = 0; at < count; at++) {
    const centre = (at + offset + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - 2 + 0.5));
    const end = Math.min(source, Math.trunc(centre + 2 + 0.5));
    const raw = Array.from({ length: end - start }, (_, tap) => cubic(tap + start - centre + 0.5));
    const sum = raw.reduce((total, weight) => total + weight, 0);
    first[at] = start;
    weights.set(
      raw.map((weight) => toFixedPoint(weight / sum)),
      at * TAPS,
    );
  }
  return { first, weights };
}

/** Rounds half away from zero, as C's cast after adding ±0.5 does. */
const toFixedPoint = (weight: number): number =>
  Math.trunc(weight * (1 << PRECISION_BITS) + (weight < 0 ? -0.5 : 0.5));

/** Enlarges along the rows: `rowCount × side × 3` bytes from `rowCount` rows of the picture. */
function weighColumns(pixels: Pixels, taps: Taps, firstRow: number, rowCount: number): Uint8ClampedArray {
  const side = taps.first.length;
  const out = new Uint8ClampedArray(rowCount * side * 3);
  for (let row = 0; row < rowCount; row++)
    for (let at = 0; at < side; at++) {
      const source = ((row + firstRow) * pixels.width + (taps.first[at] ?? 0)) * 3;
      weighPixel(pixels.data, source, 3, taps.weights, at * TAPS, out, (row * side + at) * 3);
    }
  return out;
}

/** Enlarges along the columns: `side × side × 3` bytes. */
function weighRows(data: Uint8ClampedArray, taps: Taps, firstRow: number, rowCount: number): Uint8Array {
  const side = taps.first.length;
  const stride = (data.length / rowCount) | 0;
  const out = new Uint8ClampedArray(side * stride);
  for (let at = 0; at < side; at++)
    for (let column = 0; column < stride; column += 3) {
      const source = ((taps.first[at] ?? 0) - firstRow) * stride + column;
      weighPixel(data, source, stride, taps.weights, at * TAPS, out, at * stride + column);
    }
  return new Uint8Array(out.buffer);
}

/** One RGB pixel: the weighted sum of `TAPS` pixels that lie `step` bytes apart, rounded and clipped to a byte. */
function weighPixel(
  source: Uint8Array | Uint8ClampedArray,
  from: number,
  step: number,
  weights: Int32Array,
  firstWeight: number,
  out: Uint8ClampedArray,
  to: number,
): void {
  let red = HALF;
  let green = HALF;
  let blue = HALF;
  for (let tap = 0; tap < TAPS; tap++) {
    const weight = weights[firstWeight + tap] ?? 0;
    if (weight === 0) continue;
    const at = from + tap * step;
    red += (source[at] ?? 0) * weight;
    green += (source[at + 1] ?? 0) * weight;
    blue += (source[at + 2] ?? 0) * weight;
  }
  out[to] = red >> PRECISION_BITS;
  out[to + 1] = green >> PRECISION_BITS;
  out[to + 2] = blue >> PRECISION_BITS;
}
