import type { Backbone } from '../../backbones/backbone.js';
import { decodeModel } from '../../backbones/onnx/codec.js';
import { EngineUnavailable } from '../engine-unavailable.js';
import { readVgg, type VggPlan } from './read-vgg.js';

/**
 * Reads a backbone's ONNX file as a network that TensorFlow.js is given layer by layer; loads no TensorFlow.js.
 *
 * @throws EngineUnavailable where it is another network than VGG16 or VGG19 of float32.
 */
export function readPlan({ name, file, precision }: Backbone, bytes: Uint8Array): VggPlan {
  const graph = decodeModel(bytes, file).graph;
  const isQuantised = graph?.node.some(({ opType }) => opType === 'DequantizeLinear') ?? false;
  if (precision === 'int8' || isQuantised)
    throw new EngineUnavailable(
      `The engine tfjs runs no int8 networks: use --engine onnx-cpu for ${name}, or the float32 network with tfjs.`,
    );
  const plan = graph ? readVgg(graph) : undefined;
  if (plan !== undefined) return plan;
  throw new EngineUnavailable(`The engine tfjs runs VGG16 and VGG19; use --engine onnx-cpu for ${name}.`);
}
