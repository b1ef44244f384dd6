import type { Backbone } from './backbone.js';

/** A network as an importer made it: whole, checked, and registered nowhere yet. */
export interface BackboneDraft extends Pick<
  Backbone,
  'name' | 'title' | 'dimensions' | 'inputSize' | 'recipe' | 'licence' | 'precision'
> {
  /** The ONNX file: uint8 RGB `[N,H,W,3]` in, float32 `[N,D]` out. */
  readonly onnx: Uint8Array;
  /** Where the weights come from, for people: a URL, or a file's name and SHA-256. */
  readonly origin: string;
  /** Of a quantised network: the float32 one that it was made from. */
  readonly quantisedFrom?: Pick<Backbone, 'name' | 'fingerprint'>;
}
