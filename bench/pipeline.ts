import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { resolveBackbone } from '../backbones/registry.js';
import { resolveEngineOptions } from '../engines/choice/engine-options.js';
import { packageRoot } from '../runs/package-root.js';
import { runBaseline } from './harness/baseline-process.js';
import { benchFile } from './harness/bench-file.js';
import { openExtractionStage } from './harness/extraction-stage.js';
import { comparePairs } from './harness/pairs.js';
import type { Pass } from './harness/pass.js';

const ROUNDS = 5;
const USAGE = 'npm run bench -- pipeline [<Food-5K-full-300.zip> [<another.zip>…]]';

/**
 * The whole extraction stage (Temporal, store and Parquet included) in images a second, beside a bare loop of sharp and
 * onnxruntime over the same pictures with the same threads and micro-batches, in pairs; and the peak memory of the worker
 * and its child.
 */
export async function run(zips: readonly string[]): Promise<void> {
  const [first, ...others] = zips;
  for (const zip of [benchFile(first, 'photographs', USAGE), ...others]) await measureZip(zip);
}

async function measureZip(zip: string): Promise<void> {
  const stage = await openExtractionStage({ zip });
  try {
    console.log(`${basename(zip)}: ${stage.pictures.length} pictures, ${ROUNDS} pairs after a warm-up`);
    const wholeStage = { title: 'whole stage', measure: stage.extract };
    const bareLoop = { title: 'bare loop', measure: () => runBareLoop(stage.pictures) };
    await comparePairs(wholeStage, bareLoop, ROUNDS);
    console.log(`  ${stage.describeMemory()}`);
  } finally {
    await stage.close();
  }
}

async function runBareLoop(pictures: readonly string[]): Promise<Pass> {
  const { file } = await resolveBackbone('efficientnet-lite0');
  const { microBatch } = resolveEngineOptions();
  const script = join(packageRoot, 'dist/bench/baselines/bare-loop.js');
  const args = [script, file, String(availableParallelism()), String(microBatch)];
  return runBaseline({ command: process.execPath, args, lines: pictures });
}
