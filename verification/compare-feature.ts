import type { ExtractedImage } from '../engines/feature-extractor.js';

/**
 * Largest difference of two features of one picture, in standard deviations of the newly computed one: what engines and
 * machines may differ by, as in the engines' conformance suite.
 */
export const TOLERANCE = 1e-3;

/** How a stored feature compares with the one that its picture gives now. */
export interface Comparison {
  /** In standard deviations; infinite where the two do not compare at all. */
  readonly difference: number;
  /** What is wrong, in a sentence; absent within the tolerance. */
  readonly problem?: string;
}

/** Compares a stored feature with what the extractor made of its picture. */
export function compareFeature(image: ExtractedImage | undefined, stored: Float32Array): Comparison {
  if (image?.kind !== 'feature')
    return incomparable(`a feature is stored, but the picture is refused: it ${image?.reason ?? 'is lost'}`);
  const { vector } = image;
  if (vector.length !== stored.length)
    return incomparable(`expected ${vector.length} numbers, found ${stored.length}`);
  const difference = differenceInDeviations(stored, vector);
  if (difference <= TOLERANCE) return { difference };
  const found = `the stored feature differs from the computed one by ${difference.toPrecision(3)} standard deviations`;
  return { difference, problem: `${found}, at most ${TOLERANCE} allowed` };
}

const incomparable = (problem: string): Comparison => ({ difference: Number.POSITIVE_INFINITY, problem });

/** Infinite where a number is not finite, or a constant vector is not met exactly. */
function differenceInDeviations(stored: Float32Array, computed: Float32Array): number {
  let sum = 0;
  for (const value of computed) sum += value;
  const mean = sum / computed.length;
  let squares = 0;
  let greatest = 0;
  for (const [at, value] of computed.entries()) {
    squares += (value - mean) ** 2;
    const difference = Math.abs(value - (stored[at] ?? Number.NaN));
    if (Number.isNaN(difference)) return Number.POSITIVE_INFINITY;
    greatest = Math.max(greatest, difference);
  }
  return greatest === 0 ? 0 : greatest / Math.sqrt(squares / computed.length);
}
