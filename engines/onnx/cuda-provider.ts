import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EngineUnavailable } from '../engine-unavailable.js';
import { findPackage } from '../choice/installed-package.js';

/** Where CUDA for onnxruntime would be; handed in where a test wants another machine. */
export interface CudaMachine {
  readonly platform: string;
  readonly arch: string;
  /** Folder of the package onnxruntime-node. */
  readonly onnxruntime: string;
}

const thisMachine = (): CudaMachine => ({
  platform: process.platform,
  arch: process.arch,
  onnxruntime: findPackage('onnxruntime-node')?.folder ?? 'node_modules/onnxruntime-node',
});

/**
 * Makes sure that onnxruntime's CUDA library lies beside its binding; the package lists CUDA among its backends whether
 * it does or not, and only a step of its installation that Graft leaves out fetches it.
 *
 * @throws EngineUnavailable with what to do.
 */
export function requireCudaProvider({ platform, arch, onnxruntime }: CudaMachine = thisMachine()): void {
  if (platform !== 'linux' || arch !== 'x64')
    throw new EngineUnavailable(
      `The engine onnx-cuda runs on Linux x64, and this is ${platform} ${arch}: use --engine onnx-cpu.`,
    );
  const bindings = join(onnxruntime, 'bin');
  const found = (existsSync(bindings) ? readdirSync(bindings) : []).some((version) =>
    existsSync(join(bindings, version, platform, arch, 'libonnxruntime_providers_cuda.so')),
  );
  if (found) return;
  throw new EngineUnavailable(
    "The engine onnx-cuda needs onnxruntime's CUDA library, which is not installed. Run " +
      `ONNXRUNTIME_NODE_INSTALL=cuda12 node ${join(onnxruntime, 'script/install.js')} ` +
      '(the machine needs CUDA 12 and cuDNN 9, too), or use infra/Dockerfile.gpu, or --engine onnx-cpu.',
  );
}

/** One folder a GPU, with its model in a text file: NVIDIA's driver for Linux. */
const GPUS = '/proc/driver/nvidia/gpus';

/** Models of this machine's NVIDIA GPUs, for people and as a key; `gpu` where the driver does not tell. */
export function readGpuModel(folder = GPUS): string {
  try {
    const models = readdirSync(folder).map((gpu) => {
      const text = readFileSync(join(folder, gpu, 'information'), 'utf8');
      return /^Model:\s*(.+)$/m.exec(text)?.[1]?.trim() ?? 'gpu';
    });
    return [...new Set(models)].sort().join(', ') || 'gpu';
  } catch {
    return 'gpu';
  }
}
