import { expect, test } from 'vitest';
import { EngineUnavailable } from '../../../engines/engine-unavailable.js';
import { findTfjs, requireTfjs } from '../../../engines/tfjs/find-tfjs.js';

const WASM = ['core', 'layers', 'backend-wasm'].map((part) => `@tensorflow/tfjs-${part}`);
const NODE = '@tensorflow/tfjs-node';
const GPU = '@tensorflow/tfjs-node-gpu';

const installed =
  (...names: readonly string[]) =>
  (name: string) =>
    names.includes(name) ? { folder: `/${name}`, version: '4.22.0' } : undefined;

test.each([
  [[GPU, NODE, ...WASM], 'gpu'],
  [[NODE, ...WASM], 'node'],
  [WASM, 'wasm'],
])('of %s the fastest is taken', (names, flavour) => {
  expect(findTfjs(installed(...names))).toEqual({ flavour, version: '4.22.0' });
});

test('wasm needs all of its three packages', () => {
  for (const missing of WASM)
    expect(findTfjs(installed(...WASM.filter((name) => name !== missing)))).toBeUndefined();
});

test('where none is installed, one sentence gives the command', () => {
  const look = () => requireTfjs(installed());
  expect(look).toThrow(EngineUnavailable);
  expect(look).toThrow(
    'Run npm install @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-layers@4.22.0 @tensorflow/tfjs-backend-wasm@4.22.0',
  );
});
