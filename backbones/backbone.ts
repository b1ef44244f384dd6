import type { Sha256 } from '../dataset/dataset.js';

/** How a decoded image becomes the backbone's input. Every field is part of the fingerprint. */
export interface Recipe {
  readonly name: 'crop-bicubic';
  /** Short side after resizing, pixels. */
  readonly shortSide: number;
  /** Side of the square crop, pixels. */
  readonly crop: number;
  /** `honour`: EXIF orientation is applied before anything else. */
  readonly orientation: 'honour' | 'ignore';
  /** `convert`: to sRGB by the embedded profile; `ignore`: the numbers as stored. */
  readonly icc: 'convert' | 'ignore';
  /** `drop`: the alpha channel is thrown away; `white`: composed over white. */
  readonly alpha: 'drop' | 'white';
}

/** A frozen network and its preprocessing: one ONNX file, uint8 RGB `[N,H,W,3]` in, float32 `[N,D]` out. */
export interface Backbone {
  /** `efficientnet-lite0` */
  readonly name: string;
  /** For people: `EfficientNet-Lite0`. */
  readonly title: string;
  /** Absolute path of the ONNX file on this machine. */
  readonly file: string;
  /** Of the ONNX file's bytes. */
  readonly sha256: Sha256;
  /** Length of a feature vector (D). */
  readonly dimensions: number;
  /** Side of the square input, pixels. */
  readonly inputSize: number;
  readonly recipe: Recipe;
  readonly licence: string;
  /** SHA-256 over backbone bytes, recipe and feature schema: what a feature depends on besides the image's bytes. */
  readonly fingerprint: Sha256;
}
