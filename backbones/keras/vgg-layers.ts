/** The two networks of Simonyan and Zisserman, 2014 (arXiv:1409.1556, configurations D and E), by Keras' names. */
export type VggKind = 'vgg16' | 'vgg19';

/** How many convolutions each of the five blocks has; a pooling ends every block. */
const CONVOLUTIONS: Readonly<Record<VggKind, readonly number[]>> = {
  vgg16: [2, 2, 3, 3, 3],
  vgg19: [2, 2, 4, 4, 4],
};

/** One convolution as Keras stores it. */
export interface VggLayer {
  /** 3×3, `[height, width, in, out]`, row-major. */
  readonly kernel: Float32Array;
  /** `[out]`; its length says how many channels the layer gives. */
  readonly bias: Float32Array;
}

/** Keras' names of the convolutions, in order and by block: `[['block1_conv1', 'block1_conv2'], …]`. */
export function namesOfConvolutions(kind: VggKind): readonly (readonly string[])[] {
  return CONVOLUTIONS[kind].map((count, block) =>
    Array.from({ length: count }, (_, index) => `block${block + 1}_conv${index + 1}`),
  );
}

/** Which of the two networks has this many convolutions. */
export function kindByCount(count: number): VggKind | undefined {
  const kinds: readonly VggKind[] = ['vgg16', 'vgg19'];
  return kinds.find((kind) => namesOfConvolutions(kind).flat().length === count);
}
