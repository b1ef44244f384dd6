import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readGpuModel, requireCudaProvider } from '../../engines/onnx/cuda-provider.js';
import { EngineUnavailable } from '../../engines/engine-unavailable.js';
import { findPackage } from '../../engines/choice/installed-package.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const LINUX = { platform: 'linux', arch: 'x64' };

test('without the CUDA library one sentence says how to get it, by a script that exists', async () => {
  const onnxruntime = await temporaryFolder();
  const check = () => requireCudaProvider({ ...LINUX, onnxruntime });
  expect(check).toThrow(EngineUnavailable);
  expect(check).toThrow(
    `Run ONNXRUNTIME_NODE_INSTALL=cuda12 node ${onnxruntime}/script/install.js (the machine needs CUDA 12 and cuDNN 9, too)`,
  );
  expect(existsSync(join(findPackage('onnxruntime-node')?.folder ?? '', 'script/install.js'))).toBe(true);
});

test('with the CUDA library beside the binding there is nothing to say', async () => {
  const onnxruntime = await temporaryFolder();
  const folder = join(onnxruntime, 'bin/napi-v6/linux/x64');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'libonnxruntime_providers_cuda.so'), '');
  expect(() => requireCudaProvider({ ...LINUX, onnxruntime })).not.toThrow();
  expect(() => requireCudaProvider({ platform: 'linux', arch: 'arm64', onnxruntime })).toThrow(
    'runs on Linux x64, and this is linux arm64: use --engine onnx-cpu',
  );
});

test('a GPU is known by its model', async () => {
  const folder = await temporaryFolder();
  for (const gpu of ['0000:00:04.0', '0000:00:05.0']) {
    await mkdir(join(folder, gpu));
    await writeFile(join(folder, gpu, 'information'), 'Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 37\n');
  }
  expect(readGpuModel(folder)).toBe('NVIDIA H100 80GB HBM3');
  expect(readGpuModel(join(folder, 'absent'))).toBe('gpu');
});
