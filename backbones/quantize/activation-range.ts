import { GraftError } from '../../errors/graft-error.js';

/** Smallest and largest number that a value of the network took. */
export interface ActivationRange {
  readonly min: number;
  readonly max: number;
}

/** How a value's numbers become bytes: `byte = round(number / scale) + zeroPoint`, clipped to 0…255. */
export interface ActivationScale {
  /** A float32 number above 0. */
  readonly scale: number;
  /** The byte that stands for 0: 0 after Relu. */
  readonly zeroPoint: number;
}

/** A value of the network overflowed, or is no number, for a calibration picture. */
export class RangeNotFinite extends GraftError {}

/**
 * Asymmetric 8-bit quantisation of a range, widened to hold 0 so that padding and Relu stay exact (onnxruntime,
 * `compute_scale_zp`; Jacob et al. 2018, "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
 * Inference"). A value that is 0 for every picture gets the scale 1.
 */
export function scaleOf(range: ActivationRange): ActivationScale {
  const min = Math.min(0, range.min);
  const max = Math.max(0, range.max);
  const scale = Math.fround((max - min) / 255);
  if (scale === 0) return { scale: 1, zeroPoint: 0 };
  return { scale, zeroPoint: Math.min(255, Math.round((0 - min) / scale)) };
}

/** The range that holds both. */
export const joinRanges = (a: ActivationRange, b: ActivationRange): ActivationRange => ({
  min: Math.min(a.min, b.min),
  max: Math.max(a.max, b.max),
});
