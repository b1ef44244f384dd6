import type { ResolvedEngineOptions } from './engine-options.js';
import { EngineUnavailable } from '../engine-unavailable.js';
import type { EngineDescription } from '../feature-extractor.js';
import { findPackage } from './installed-package.js';
import { requireTfjs } from '../tfjs/find-tfjs.js';

/**
 * The engine as shards and reports name it: `onnxruntime 1.30.0`, `tfjs 4.22.0 (wasm)`. Loads no native library.
 *
 * @throws EngineUnavailable where its library is not installed.
 */
export function describeEngine({
  engine,
  threads,
}: Pick<ResolvedEngineOptions, 'engine' | 'threads'>): EngineDescription {
  if (engine !== 'tfjs') return { name: engine, version: `onnxruntime ${versionOfOnnxruntime()}`, threads };
  const { version, flavour } = requireTfjs();
  return { name: engine, version: `tfjs ${version} (${flavour})`, threads };
}

function versionOfOnnxruntime(): string {
  const found = findPackage('onnxruntime-node');
  if (found === undefined)
    throw new EngineUnavailable('The package onnxruntime-node is missing: install Graft again.');
  return found.version;
}
