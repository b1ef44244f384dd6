import { BadInput } from '../../errors/graft-error.js';
import { decodeModel } from '../onnx/codec.js';
import type { OnnxGraph, OnnxModel } from '../onnx/model.js';

/** The network that is to be quantised: its graph, its surface, and the side of its square input in pixels. */
export interface Subject {
  readonly model: OnnxModel & { readonly graph: OnnxGraph };
  readonly input: string;
  readonly output: string;
  readonly side: number;
}

/**
 * Decodes a backbone's ONNX file.
 *
 * @param shown what a message calls the network.
 * @throws BadInput where it is none, or has not one input and one output.
 */
export function readSubject(onnx: Uint8Array, shown: string, side: number): Subject {
  const model = decodeModel(onnx, shown);
  const { graph } = model;
  const constants = new Set(graph?.initializer.map(({ name }) => name));
  const [input, ...otherInputs] = graph?.input.filter(({ name }) => !constants.has(name)) ?? [];
  const [output, ...otherOutputs] = graph?.output ?? [];
  if (graph && input && output && otherInputs.length + otherOutputs.length === 0)
    return { model: { ...model, graph }, input: input.name, output: output.name, side };
  throw new BadInput(
    `${shown}: expected a network with one input and one output. Add it again: graft backbone add.`,
  );
}
