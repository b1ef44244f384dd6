import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { LayersModel, Sequential } from '@tensorflow/tfjs-layers';
import type { OnnxTensor } from '../../backbones/onnx/model.js';
import { readFloats, shapeOf } from '../../backbones/onnx/read-tensor.js';
import type { Tfjs } from './load-tfjs.js';
import type { VggPlan, VggStep } from './read-vgg.js';

/** A VGG network in TensorFlow.js, its weights in the backend's memory. */
export interface VggModel {
  /** RGB bytes `[count, side, side, 3]` → features `[count, dimensions]`; holds no tensor afterwards. */
  run(pixels: Uint8Array, count: number): Promise<Float32Array>;
  dispose(): void;
}

/**
 * Builds Keras' VGG as a tf.LayersModel from the weights of an ONNX file: convolutions that keep the size, poolings that
 * halve it, flattened in (row, column, channel) order. Before it stands Keras' `preprocess_input`, by operators.
 *
 * @param side of the square input, pixels.
 */
export function buildVggModel(tf: Tfjs, { means, steps }: VggPlan, side: number): VggModel {
  const model = tf.sequential();
  for (const [index, step] of steps.entries()) addStep(tf, model, step, index === 0 ? side : undefined);
  model.add(tf.layers.flatten());
  const subtracted = tf.tensor1d(readFloats(means));
  return {
    run: async (pixels, count) => {
      const features = tf.tidy(() => {
        const image = tf.tensor4d(Int32Array.from(pixels), [count, side, side, 3], 'int32');
        return predict(model, preprocess(tf, image, subtracted));
      });
      try {
        return (await features.data()) as Float32Array;
      } finally {
        features.dispose();
      }
    },
    dispose: () => {
      model.dispose();
      subtracted.dispose();
    },
  };
}

/** Red and blue swapped, means subtracted. */
const preprocess = (tf: Tfjs, image: Tensor4D, means: Tensor1D): Tensor =>
  tf.sub(tf.reverse(tf.cast(image, 'float32'), 3), means);

/** A network with one output gives one tensor. */
function predict(model: LayersModel, input: Tensor): Tensor {
  const output = model.predictOnBatch(input);
  if (Array.isArray(output)) throw new Error('The network has more than one output.');
  return output;
}

/** @param side for the first step: the size of the input. */
function addStep(tf: Tfjs, model: Sequential, step: VggStep, side: number | undefined): void {
  if (step.kind === 'pooling') {
    model.add(tf.layers.maxPooling2d({ poolSize: 2, strides: 2 }));
    return;
  }
  const bias = tf.tensor1d(readFloats(step.bias));
  const kernel = uploadKernel(tf, step.kernel);
  model.add(
    tf.layers.conv2d({
      filters: bias.size,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
      weights: [kernel, bias],
      ...(side !== undefined && { inputShape: [side, side, 3] }),
    }),
  );
  // The layer has taken copies.
  kernel.dispose();
  bias.dispose();
}

/** ONNX's `[out, in, height, width]` → TensorFlow's `[height, width, in, out]`. */
function uploadKernel(tf: Tfjs, kernel: OnnxTensor): Tensor {
  const [outputs = 0, inputs = 0, height = 0, width = 0] = shapeOf(kernel);
  return tf.tidy(() =>
    tf.transpose(tf.tensor4d(readFloats(kernel), [outputs, inputs, height, width]), [2, 3, 1, 0]),
  );
}
