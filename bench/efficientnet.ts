import { basename, join } from 'node:path';
import { resolveBackbone } from '../backbones/registry.js';
import { packageRoot } from '../runs/package-root.js';
import { runBaseline } from './harness/baseline-process.js';
import { benchFile } from './harness/bench-file.js';
import { openExtractionStage } from './harness/extraction-stage.js';
import { findFastest } from './harness/fastest.js';
import { comparePairs } from './harness/pairs.js';
import type { Pass } from './harness/pass.js';
import { openPython } from './harness/python.js';

const PAIRS = 9;
const TRIALS = 2;
const REQUIREMENTS = ['onnxruntime==1.30.0', 'pillow==13.0.0', 'numpy==2.4.6'];
const USAGE = 'npm run bench -- efficientnet [<Food-5K-full-300.zip>]';

interface PythonSetting {
  readonly microBatch: number;
  readonly spinning: 0 | 1;
}

const SETTINGS: readonly PythonSetting[] = [4, 8, 16, 32].flatMap((microBatch) => [
  { microBatch, spinning: 0 },
  { microBatch, spinning: 1 },
]);

/**
 * The whole extraction stage with EfficientNet-Lite0 (Temporal, store, Parquet and receipt included) in images a second,
 * beside a bare Python loop of Pillow and onnxruntime over the same pictures that stores nothing, in pairs. Python gets
 * the micro-batch and the kind of waiting that are fastest here.
 */
export async function run([typed]: readonly string[]): Promise<void> {
  const zip = benchFile(typed, 'photographs', USAGE);
  const python = await openPython(REQUIREMENTS);
  const { file: model } = await resolveBackbone('efficientnet-lite0');
  const stage = await openExtractionStage({ zip });
  const runPython = (setting: PythonSetting) => runLoop(python, model, setting, stage.pictures);
  try {
    console.log(
      `${basename(zip)}: ${stage.pictures.length} pictures. Python loop, best of ${TRIALS} passes:`,
    );
    const fastest = await findFastest(SETTINGS, TRIALS, runPython, describeSetting);
    console.log(`${PAIRS} pairs, Python with ${describeSetting(fastest)}:`);
    const graft = { title: 'Graft', measure: stage.extract };
    const loop = { title: 'Python', measure: () => runPython(fastest) };
    await comparePairs(graft, loop, PAIRS);
    console.log(`  Graft's processes: Temporal server + worker + extractor. ${stage.describeMemory()}`);
  } finally {
    await stage.close();
  }
}

function runLoop(
  python: string,
  model: string,
  { microBatch, spinning }: PythonSetting,
  lines: readonly string[],
): Promise<Pass> {
  const script = join(packageRoot, 'bench/baselines/python-loop.py');
  return runBaseline({ command: python, args: [script, model, String(microBatch), String(spinning)], lines });
}

const describeSetting = ({ microBatch, spinning }: PythonSetting): string =>
  `micro-batches of ${microBatch}, ${spinning === 1 ? 'spinning' : 'no spinning'}`;
