/** The weights of a convolution as bytes, one scale for each output channel. */
export interface QuantizedKernel {
  /** As many as the kernel has numbers, in its order. */
  readonly values: Int8Array;
  /** One for each output channel, above 0; float32, as ONNX stores them. */
  readonly scales: Float32Array;
}

/** The bias of a convolution as whole numbers, one scale for each output channel. */
export interface QuantizedBias {
  readonly values: Int32Array;
  /** Input scale × kernel scale, which the integer convolution's sums have by themselves. */
  readonly scales: Float32Array;
}

/** What the weights of one convolution are quantised by. */
export interface WeightSetting {
  /** Of the value that the convolution reads. */
  readonly inputScale: number;
  /** Largest magnitude of a quantised weight: 127, or 64 for processors whose 16-bit sums of two products overflow. */
  readonly limit: number;
}

/** A quantised bias beyond this leaves too little room for the sum of products, which is 32 bits wide, too. */
const MOST_BIAS = 2 ** 30;

/**
 * Symmetric quantisation of each output channel by its own largest weight (Krishnamoorthi 2018, "Quantizing deep
 * convolutional networks for efficient inference"). A channel of tiny weights under a large bias gets a larger scale, so
 * that the bias fits into 32 bits; its weights then count for nothing beside the bias.
 *
 * @param kernel channels × rest, row-major: ONNX' OIHW.
 * @param bias one for each channel; none where the convolution has none.
 */
export function quantizeKernel(
  kernel: Float32Array,
  channels: number,
  bias: Float32Array | undefined,
  { inputScale, limit }: WeightSetting,
): QuantizedKernel {
  const size = kernel.length / channels;
  const values = new Int8Array(kernel.length);
  const scales = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const weights = kernel.subarray(channel * size, (channel + 1) * size);
    const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
    const least = Math.abs(bias?.[channel] ?? 0) / inputScale / MOST_BIAS;
    const scale = Math.fround(Math.max(largest / limit, least)) || 1;
    scales[channel] = scale;
    for (let at = 0; at < size; at++)
      values[channel * size + at] = clip(Math.round((weights[at] ?? 0) / scale), limit);
  }
  return { values, scales };
}

/** The bias in units of the convolution's sums. */
export function quantizeBias(
  bias: Float32Array,
  kernelScales: Float32Array,
  inputScale: number,
): QuantizedBias {
  const scales = kernelScales.map((scale) => scale * inputScale);
  const values = Int32Array.from(bias, (number, channel) => {
    const scale = scales[channel] ?? 1;
    return clip(Math.round(number / scale), MOST_BIAS);
  });
  return { values, scales };
}

const clip = (value: number, limit: number): number => Math.max(-limit, Math.min(limit, value));
