/** Numbers of a tensor. float16 travels as its bits (`Uint16Array`). */
export type ProbeData =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array
  | readonly string[];

/** A tensor that a network gave: row-major. */
export interface ProbeTensor {
  /** onnxruntime's name: `float32`, `float16`, `uint8`, `int64`, `string` … */
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: ProbeData;
}

/** What an input is fed with; its type follows from the array (`Uint8Array` → uint8 …). */
export interface ProbeFeed {
  readonly dims: readonly number[];
  readonly data: Uint8Array | Int8Array | Int32Array | Float32Array | Float64Array | BigInt64Array;
  /** Where the array does not say it: `float16`, whose bits go as `Uint8Array`. */
  readonly type?: 'float16';
}

/** An input or output as the network declares it. */
export interface ProbeValue {
  readonly name: string;
  /** As in {@link ProbeTensor}; `other` for what is no tensor (a sequence, a map). */
  readonly type: string;
  /** A number for a fixed axis, a name (maybe empty) for an open one. */
  readonly shape: readonly (number | string)[];
}

export interface ProbeSurface {
  readonly inputs: readonly ProbeValue[];
  readonly outputs: readonly ProbeValue[];
}

export type ProbeFeeds = Readonly<Record<string, ProbeFeed>>;
export type ProbeOutputs = Readonly<Record<string, ProbeTensor>>;

/** What a probe process is told, one thing at a time. */
export type ToProbe =
  | { readonly kind: 'open'; readonly file: string; readonly threads: number | undefined }
  | { readonly kind: 'run'; readonly feeds: ProbeFeeds; readonly outputs: readonly string[] | undefined };

/** Its one answer to each. */
export type FromProbe =
  | { readonly kind: 'opened'; readonly surface: ProbeSurface }
  | { readonly kind: 'ran'; readonly outputs: ProbeOutputs }
  /** onnxruntime itself does not load here. */
  | { readonly kind: 'unavailable'; readonly message: string }
  /** onnxruntime refuses the network or what it was fed with, in its own words. */
  | { readonly kind: 'refused'; readonly message: string };
