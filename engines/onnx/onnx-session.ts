import type * as onnxruntime from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import type { Backbone } from '../../backbones/backbone.js';
import { readModelFile } from '../../backbones/model-file.js';
import { readGpuModel, requireCudaProvider } from './cuda-provider.js';
import { EngineUnavailable } from '../engine-unavailable.js';
import type { Network } from '../thread/network.js';
import { openRewritten } from './open-rewritten.js';
import { NO_REWRITING, type Rewriting } from './plan-rewriting.js';

type Onnxruntime = typeof onnxruntime;

/** onnxruntime's word for what computes: the processor, or an NVIDIA GPU. */
export type OnnxProvider = 'cpu' | 'cuda';

/**
 * Opens a backbone's file with all graph optimisations on `threads` threads.
 *
 * @param spinning the threads spin while they wait for work. By default they do not, because the cores decode pictures
 * meanwhile: spinning cost 15 to 18 ms of processor time a picture instead of 11.
 * @param rewriting how the network is rewritten before it is opened; on the processor only.
 * @throws BackboneDamaged, EngineUnavailable
 */
export async function openOnnxSession(
  backbone: Backbone,
  threads: number,
  provider: OnnxProvider = 'cpu',
  spinning = false,
  rewriting: Rewriting = NO_REWRITING,
): Promise<Network> {
  if (provider === 'cuda') requireCudaProvider();
  const [bytes, library] = await Promise.all([readModelFile(backbone), loadLibrary()]);
  library.env.logLevel = 'error';
  const session = await openRewritten(bytes, provider === 'cpu' ? rewriting : NO_REWRITING, (network) =>
    createSession(library, backbone, network, { threads, provider, spinning }),
  );
  const [input, output] = checkContract(session, backbone);
  const { inputSize: side } = backbone;
  return {
    device: provider === 'cuda' ? readGpuModel() : 'cpu',
    run: async (pixels, count) => {
      const tensor = new library.Tensor('uint8', pixels, [count, side, side, 3]);
      const features = (await session.run({ [input]: tensor }))[output]?.data;
      if (!(features instanceof Float32Array) || features.length !== count * backbone.dimensions)
        throw new EngineUnavailable(`Backbone "${backbone.name}" gave no features of the expected shape.`);
      return features;
    },
    release: () => session.release(),
  };
}

async function loadLibrary(): Promise<Onnxruntime> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    throw new EngineUnavailable(
      `onnxruntime does not load on this machine (${process.platform} ${process.arch}, Node ${process.version}). ` +
        'It needs Linux with glibc on x64 or arm64, macOS on arm64, or Windows on x64.',
      { cause },
    );
  }
}

interface SessionSetting {
  readonly threads: number;
  readonly provider: OnnxProvider;
  readonly spinning: boolean;
}

async function createSession(
  library: Onnxruntime,
  backbone: Backbone,
  network: string | Uint8Array,
  { threads, provider, spinning }: SessionSetting,
): Promise<InferenceSession> {
  try {
    const options: InferenceSession.SessionOptions = {
      executionProviders: [provider],
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      extra: { session: { intra_op: { allow_spinning: spinning ? '1' : '0' } } },
    };
    return typeof network === 'string'
      ? await library.InferenceSession.create(network, options)
      : await library.InferenceSession.create(network, options);
  } catch (cause) {
    if (provider === 'cuda') throw cudaDoesNotStart(cause);
    throw new EngineUnavailable(
      `The file of backbone "${backbone.name}" is not an ONNX network that onnxruntime can run: ${backbone.file}.`,
      { cause },
    );
  }
}

/** Mostly a library of CUDA's that is missing or of another version; onnxruntime's first line says which. */
function cudaDoesNotStart(cause: unknown): EngineUnavailable {
  const said = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1)[0] ?? '';
  return new EngineUnavailable(
    'The engine onnx-cuda does not start on this machine: it needs an NVIDIA GPU, its driver, CUDA 12 and cuDNN 9 ' +
      `(onnxruntime says: ${said}). Install them, or use infra/Dockerfile.gpu, or --engine onnx-cpu.`,
    { cause },
  );
}

/** Names of the one input and the one output, once both are as every backbone's must be. */
function checkContract(
  session: InferenceSession,
  backbone: Backbone,
): readonly [input: string, output: string] {
  const { inputSize: side, dimensions } = backbone;
  const input = expectOne('input', session.inputMetadata, 'uint8', [side, side, 3], backbone);
  const output = expectOne('output', session.outputMetadata, 'float32', [dimensions], backbone);
  return [input, output];
}

/** The first axis counts pictures: it must be open, every other one exactly as given. */
function expectOne(
  role: 'input' | 'output',
  received: readonly InferenceSession.ValueMetadata[],
  type: string,
  axes: readonly number[],
  backbone: Backbone,
): string {
  const [value] = received;
  const matches =
    received.length === 1 &&
    value?.isTensor === true &&
    value.type === type &&
    typeof value.shape[0] === 'string' &&
    value.shape.length === axes.length + 1 &&
    axes.every((length, axis) => value.shape[axis + 1] === length);
  if (matches) return value.name;
  throw new EngineUnavailable(
    `Backbone "${backbone.name}" has another ${role} than declared: expected one ${type} [N, ${axes.join(', ')}], ` +
      `received ${received.map(describeValue).join(' and ') || 'none'}.`,
  );
}

const describeValue = (value: InferenceSession.ValueMetadata): string =>
  value.isTensor
    ? `${value.type} [${value.shape.map((length) => (typeof length === 'string' ? 'N' : length)).join(', ')}]`
    : 'something that is not a tensor';
