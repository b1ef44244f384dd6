import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { type TestContext, test } from 'vitest';

/** A tool or a file that a test cannot do without; `path` is where it was found. */
export interface Need {
  readonly name: string;
  readonly path: string | undefined;
  readonly install: string;
  /** Cannot be installed on any machine: without it the test skips even where everything is required. */
  readonly isHardware?: true;
}

const onPath = (program: string): string | undefined =>
  [resolve('.cache/bin'), ...(process.env['PATH'] ?? '').split(delimiter)]
    .map((folder) => join(folder, program))
    .find((file) => existsSync(file));

const existing = (...files: readonly (string | undefined)[]): string | undefined =>
  files.find((file): file is string => file !== undefined && existsSync(file));

function pythonWithReaders(): string | undefined {
  const python =
    existing(process.env['GRAFT_PYTHON'], resolve('.cache/python/bin/python')) ?? onPath('python3');
  if (python === undefined) return undefined;
  try {
    execFileSync(python, ['-c', 'import pyarrow, duckdb, numpy'], { stdio: 'ignore' });
    return python;
  } catch {
    return undefined;
  }
}

export const needs = {
  temporalCli: () => ({
    name: 'Temporal CLI',
    path: existing(process.env['TEMPORAL_CLI_PATH']) ?? onPath('temporal'),
    install: 'run `npm start` once, or put `temporal` on the PATH',
  }),
  versitygw: () => ({
    name: 'versitygw',
    path: onPath('versitygw'),
    install: '`GOBIN=$PWD/.cache/bin go install github.com/versity/versitygw/cmd/versitygw@v1.7.0`',
  }),
  python: () => ({
    name: 'Python with pyarrow, duckdb and numpy',
    path: pythonWithReaders(),
    install: '`python3 -m venv .cache/python && .cache/python/bin/pip install pyarrow duckdb numpy`',
  }),
  chromium: () => ({
    name: 'Chromium',
    path: existing(process.env['CHROMIUM_PATH']) ?? onPath('chromium'),
    install: "install your system's chromium package",
  }),
  /** An NVIDIA GPU with onnxruntime's library for it. */
  cuda: () => ({
    name: "a GPU and onnxruntime's CUDA library",
    path: existsSync('/proc/driver/nvidia/gpus')
      ? existing('node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so')
      : undefined,
    install: '`ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js`',
    isHardware: true,
  }),
  /** The folder of data that may not be shipped with the project, beside the checkout. */
  shared: () => ({
    name: 'the shared data folder',
    path: existing(process.env['GRAFT_SHARED'], resolve('../shared')),
    install: 'set GRAFT_SHARED to a folder that holds data/Food-5K-256.zip',
  }),
} as const satisfies Record<string, () => Need>;

/**
 * A test that skips, with its reason, where one of `required` is missing; GRAFT_REQUIRE_ALL=1 turns the skip into a
 * failure. The paths found are handed to the test in the order asked for.
 */
export function testWith(
  required: readonly (() => Need)[],
  title: string,
  body: (paths: readonly string[], context: TestContext) => Promise<void> | void,
  timeout?: number,
): void {
  test(
    title,
    async (context) => {
      const found = required.map((need) => need());
      const missing = found.filter((need) => need.path === undefined);
      if (missing.length > 0) {
        const reason = missing.map((need) => `needs ${need.name}: ${need.install}`).join('; ');
        if (process.env['GRAFT_REQUIRE_ALL'] === '1' && missing.some((need) => need.isHardware !== true))
          throw new Error(`GRAFT_REQUIRE_ALL=1, but this test ${reason}`);
        context.skip(reason);
      }
      await body(
        found.map((need) => need.path ?? ''),
        context,
      );
    },
    timeout,
  );
}
