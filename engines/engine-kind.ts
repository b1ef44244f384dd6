import { BadInput } from '../errors/graft-error.js';

/** What can run a backbone: onnxruntime on the processor, onnxruntime on an NVIDIA GPU, TensorFlow.js. */
export const ENGINE_KINDS = ['onnx-cpu', 'onnx-cuda', 'tfjs'] as const;
export type EngineKind = (typeof ENGINE_KINDS)[number];

export const DEFAULT_ENGINE: EngineKind = 'onnx-cpu';

/**
 * Reads the name of an engine.
 *
 * @param shown what a message calls the place that it stands in: `--engine`.
 * @throws BadInput for any other name.
 */
export function parseEngineKind(name: string, shown: string): EngineKind {
  const kind = ENGINE_KINDS.find((candidate) => candidate === name);
  if (kind !== undefined) return kind;
  throw new BadInput(
    `${shown}: expected one of ${ENGINE_KINDS.join(', ')}; received ${JSON.stringify(name)}.`,
  );
}
