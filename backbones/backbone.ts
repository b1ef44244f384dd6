import type { Sha256 } from '../dataset/dataset.js';

/** How a decoded image becomes the backbone's input. Every field is part of the fingerprint. */
export type Recipe = CropBicubicRecipe | KerasNearestRecipe;

/** Short side resized, bicubic and antialiased, then the central square. */
export interface CropBicubicRecipe {
  /** `crop-bicubic-fast`: large JPEGs are shrunk while they are decoded, which is quicker and blurs a little. */
  readonly name: 'crop-bicubic' | 'crop-bicubic-fast';
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

/** Keras' `load_img(target_size=(side, side))`: the nearest pixel per axis, whatever that does to the proportions. */
export interface KerasNearestRecipe {
  readonly name: 'keras-nearest';
  /** Side of the square result, pixels. */
  readonly side: number;
  readonly orientation: 'ignore';
  readonly icc: 'ignore';
  readonly alpha: 'drop';
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
  /** `int8`: quantised, with a loss that `graft backbone test` tells. Default `float32`. */
  readonly precision?: 'float32' | 'int8';
  /** SHA-256 over backbone bytes, recipe and feature schema: what a feature depends on besides the image's bytes. */
  readonly fingerprint: Sha256;
}

/** All that is known of a backbone without its network at hand. */
export type BackboneDescription = Omit<Backbone, 'file'>;
