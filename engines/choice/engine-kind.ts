/** What can run a backbone: onnxruntime on the processor, onnxruntime on an NVIDIA GPU, TensorFlow.js. */
export const ENGINE_KINDS = ['onnx-cpu', 'onnx-cuda', 'tfjs'] as const;
export type EngineKind = (typeof ENGINE_KINDS)[number];

export const DEFAULT_ENGINE: EngineKind = 'onnx-cpu';
