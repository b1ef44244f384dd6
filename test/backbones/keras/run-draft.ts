import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { BackboneDraft } from '../../../backbones/draft.js';

/** Runs a network over pictures of 224×224 RGB bytes, one at a time, on one thread. */
export async function runDraft(
  { onnx, dimensions }: Pick<BackboneDraft, 'onnx' | 'dimensions'>,
  pictures: readonly Uint8Array[],
): Promise<readonly Float32Array[]> {
  const session = await InferenceSession.create(onnx, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  try {
    const features: Float32Array[] = [];
    for (const pixels of pictures) {
      const image = new Tensor('uint8', pixels, [1, 224, 224, 3]);
      const { features: found } = await session.run({ image });
      if (!(found?.data instanceof Float32Array) || found.dims.join() !== `1,${dimensions}`)
        throw new Error(`features are [${String(found?.dims)}], not [1, ${dimensions}]`);
      features.push(found.data);
    }
    return features;
  } finally {
    await session.release();
  }
}

/** Largest difference, in standard deviations of what was expected. */
export function differenceInDeviations(received: Float32Array, expected: Float32Array): number {
  if (received.length !== expected.length) throw new Error(`${received.length} ≠ ${expected.length} numbers`);
  const mean = expected.reduce((sum, value) => sum + value, 0) / expected.length;
  const variance = expected.reduce((sum, value) => sum + (value - mean) ** 2, 0) / expected.length;
  const largest = expected.reduce(
    (most, value, index) => Math.max(most, Math.abs(value - (received[index] ?? Infinity))),
    0,
  );
  return largest / Math.sqrt(variance);
}
