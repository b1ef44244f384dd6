import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as tfjsWasm from '@tensorflow/tfjs-backend-wasm';
import type * as tfjsCore from '@tensorflow/tfjs-core';
import type * as tfjsLayers from '@tensorflow/tfjs-layers';
import { readGpuModel } from '../onnx/cuda-provider.js';
import { EngineUnavailable } from '../engine-unavailable.js';
import { findPackage } from '../choice/installed-package.js';
import { requireTfjs, type TfjsInstallation } from './find-tfjs.js';

/** What Graft needs of TensorFlow.js: the same functions whichever package they come from. */
export interface Tfjs
  extends
    Pick<
      typeof tfjsCore,
      'cast' | 'memory' | 'reverse' | 'sub' | 'tensor1d' | 'tensor4d' | 'tidy' | 'transpose'
    >,
    Pick<typeof tfjsLayers, 'sequential' | 'layers'> {}

/** TensorFlow.js, its backend up. */
export interface LoadedTfjs {
  readonly tf: Tfjs;
  /** `cpu`, or the model of the GPU. */
  readonly device: string;
}

/** The packages of TensorFlow itself: all functions in one, and a backend that may know a GPU. */
type TfjsNode = Tfjs &
  Pick<typeof tfjsCore, 'ready'> & { backend(): { readonly isUsingGpuDevice?: boolean } };

// CommonJS, as the packages are: what a module of that size exports is not found by Node's `import`.
const require = createRequire(import.meta.url);

/**
 * Loads the TensorFlow.js that {@link requireTfjs} finds. A faster one that is installed but does not work is an error:
 * to go on with a slower one would hide it.
 *
 * @throws EngineUnavailable where none is installed, or it does not load.
 */
export async function loadTfjs(): Promise<LoadedTfjs> {
  const installation = requireTfjs();
  try {
    return installation.flavour === 'wasm' ? await loadWasm() : await loadNode(installation.flavour);
  } catch (cause) {
    throw cause instanceof EngineUnavailable ? cause : doesNotLoad(installation, cause);
  }
}

async function loadWasm(): Promise<LoadedTfjs> {
  const core = require('@tensorflow/tfjs-core') as typeof tfjsCore;
  const { sequential, layers } = require('@tensorflow/tfjs-layers') as typeof tfjsLayers;
  const wasm = require('@tensorflow/tfjs-backend-wasm') as typeof tfjsWasm;
  wasm.setWasmPaths(join(findPackage('@tensorflow/tfjs-backend-wasm')?.folder ?? '', 'dist', '/'));
  if (!(await core.setBackend('wasm'))) throw new Error('The wasm backend does not start.');
  return { tf: { ...core, sequential, layers }, device: 'cpu' };
}

async function loadNode(flavour: 'gpu' | 'node'): Promise<LoadedTfjs> {
  const tf = require(flavour === 'gpu' ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node') as TfjsNode;
  await tf.ready();
  if (flavour === 'node') return { tf, device: 'cpu' };
  if (tf.backend().isUsingGpuDevice === true) return { tf, device: readGpuModel() };
  throw new EngineUnavailable(
    'The package @tensorflow/tfjs-node-gpu finds no GPU: it needs an NVIDIA driver, CUDA 11.2 and cuDNN 8.1. ' +
      'Use infra/Dockerfile.gpu, or remove the package to use TensorFlow.js on the processor.',
  );
}

function doesNotLoad({ flavour, version }: TfjsInstallation, cause: unknown): EngineUnavailable {
  const name = flavour === 'wasm' ? 'tfjs-backend-wasm' : flavour === 'node' ? 'tfjs-node' : 'tfjs-node-gpu';
  const hint =
    flavour === 'wasm' ? 'Install it again.' : 'It needs Node 20 or 22; install it again, or remove it.';
  return new EngineUnavailable(
    `@tensorflow/${name} ${version} does not load on this machine (${process.platform} ${process.arch}, ` +
      `Node ${process.version}). ${hint}`,
    { cause },
  );
}
