import { EngineUnavailable } from '../engine-unavailable.js';
import { findPackage } from '../choice/installed-package.js';

/** Which TensorFlow.js is installed. */
export interface TfjsInstallation {
  /** `gpu`: TensorFlow with CUDA; `node`: TensorFlow on the processor; `wasm`: WebAssembly, on the processor, anywhere. */
  readonly flavour: 'gpu' | 'node' | 'wasm';
  readonly version: string;
}

/** In the order in which they are preferred; all packages of a flavour must be there, the first tells the version. */
const FLAVOURS = [
  ['gpu', ['@tensorflow/tfjs-node-gpu']],
  ['node', ['@tensorflow/tfjs-node']],
  ['wasm', ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers', '@tensorflow/tfjs-backend-wasm']],
] as const;

/** The fastest TensorFlow.js that is installed; `undefined` where none is. Loads nothing. */
export function findTfjs(find: typeof findPackage = findPackage): TfjsInstallation | undefined {
  for (const [flavour, packages] of FLAVOURS) {
    const found = packages.map((name) => find(name)).filter((each) => each !== undefined);
    const [first] = found;
    if (first !== undefined && found.length === packages.length) return { flavour, version: first.version };
  }
  return undefined;
}

/**
 * As {@link findTfjs}.
 *
 * @throws EngineUnavailable with the command that installs one, where none is installed.
 */
export function requireTfjs(find: typeof findPackage = findPackage): TfjsInstallation {
  const found = findTfjs(find);
  if (found !== undefined) return found;
  const packages = FLAVOURS[2][1].map((name) => `${name}@4.22.0`).join(' ');
  throw new EngineUnavailable(
    `The engine tfjs needs TensorFlow.js, which is not installed. Run npm install ${packages}, ` +
      'or use infra/Dockerfile.gpu for a GPU.',
  );
}
