import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { createGram } from '../heads/gram/gram.js';
import type { Head, HeadSettings } from '../heads/head.js';
import { LOGISTIC_REGRESSION_DEFAULTS } from '../heads/logistic-regression.js';
import { packageRoot } from '../runs/package-root.js';
import { type DominantFeatures, generateFeatures } from './harness/dominant-features.js';
import { median } from './harness/pairs.js';
import { openPython } from './harness/python.js';
import { type FitRequest, type SklearnProcess, startSklearn } from './harness/sklearn-process.js';

const USAGE = 'npm run bench -- heads [--rows 3000] [--columns 25088] [--pairs 3] [--seed 7]';
const REQUIREMENTS = ['numpy==2.4.6', 'scikit-learn==1.9.1'];
const CLASSES = ['0', '1'];
const EXPONENTS = [-4, -3, -2, -1, 0, 1, 2, 3, 4];
/** What both sides have to reach: objective above the optimum, relative. */
const EXACT_ENOUGH = 1e-8;
const DEFAULT_TOLERANCE = 1e-4;
/** Ends a fit no sooner than its goal does, or rounding. */
const NO_TOLERANCE = 1e-16;
/** Of the one fit that is compared in pairs: it gets there. */
const MOST_ITERATIONS = 20_000;
/** Of each fit of the sweep: one that has not got there by then counts with the time that it took so far. */
const MOST_ITERATIONS_IN_SWEEP = 1_000;
const STREAMED_BYTES = 256 * 2 ** 20;

interface Scene {
  readonly data: DominantFeatures;
  readonly files: { readonly features: string; readonly labels: string };
  readonly folder: string;
  readonly sklearn: SklearnProcess;
  readonly pairs: number;
}

/**
 * Logistic regression through the Gram matrix beside scikit-learn's, over the same generated features in memory, both at
 * an objective within 1e-8 of the optimum: the streamed fit within 256 MB, one fit, then a sweep of nine C.
 */
export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rows: { type: 'string', default: '3000' },
      columns: { type: 'string', default: '25088' },
      pairs: { type: 'string', default: '3' },
      seed: { type: 'string', default: '7' },
    },
  });
  const [rows, columns, pairs, seed] = [values.rows, values.columns, values.pairs, values.seed].map(Number);
  if (rows === undefined || columns === undefined || pairs === undefined || seed === undefined || !(rows > 1))
    throw new Error(USAGE);
  const folder = await mkdtemp(join(tmpdir(), 'graft-bench-heads-'));
  const python = await openPython(REQUIREMENTS);
  const data = generateFeatures(rows, columns, seed);
  const files = { features: join(folder, 'features.f32'), labels: join(folder, 'labels.f64') };
  await writeFile(files.features, data.features.data);
  await writeFile(files.labels, Float64Array.from(data.labels));
  const sklearn = startSklearn(python, files, columns, folder);
  console.log(
    `${rows} × ${columns} features: ${percent(data.zeros)} zeros, top eigenvalue at least ${percent(data.topShare)} of the trace, mean squared distance to the mean ${data.spread.toFixed(0)}`,
  );
  try {
    const scene = { data, files, folder, sklearn, pairs };
    const optima = await findOptima(scene);
    await compareStreamed(scene, optima);
    await compareSingle(scene, optima);
    await compareSweep(scene, optima);
  } finally {
    await sklearn.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const settingsOf = ({ spread }: DominantFeatures, exponent: number): HeadSettings => ({
  ...LOGISTIC_REGRESSION_DEFAULTS,
  C: (100 / spread) * 10 ** exponent,
});

const fitsOf = ({ data }: Scene): HeadSettings[] => EXPONENTS.map((exponent) => settingsOf(data, exponent));

interface Optimum {
  readonly head: Head;
  /** A lower bound of the objective, in float64 by numpy. */
  readonly objective: number;
}

/** The optimum of each C to many more digits than are asked for, with numpy's own bound of how many. */
async function findOptima(scene: Scene): Promise<Optimum[]> {
  const { features, labels } = scene.data;
  const gram = await createGram(features);
  const settings = fitsOf(scene).map((each) => ({ ...each, tol: 1e-11 }));
  const heads = await gram.fitEach('logistic-regression', labels, CLASSES, settings);
  const optima: Optimum[] = [];
  for (const head of heads) {
    const { objective, excess } = await scene.sklearn.judge(head);
    optima.push({ head, objective: objective - excess });
    console.log(
      `  optimum at C = ${head.settings.C.toExponential(2)}: ${objective.toPrecision(12)}, by numpy's gradient at most ${(excess / objective).toExponential(1)} of it too high`,
    );
  }
  return optima;
}

const excessOf = (objective: number, optimum: Optimum | undefined): number =>
  objective / (optimum?.objective ?? Number.NaN) - 1;

/** One sweep of ours, the Gram matrix included, beside nine fits that each end as soon as they are exact enough. */
async function compareSweep(scene: Scene, optima: readonly Optimum[]): Promise<void> {
  const ours = await measureGraft(scene, fitsOf(scene));
  console.log(`sweep of ${EXPONENTS.length} C`);
  let seconds = 0;
  let atDefault = 0;
  for (const [at, { C }] of fitsOf(scene).entries()) {
    const usual = await scene.sklearn.fit({
      C,
      tol: DEFAULT_TOLERANCE,
      most: MOST_ITERATIONS_IN_SWEEP,
      float64: false,
    });
    const exact = await scene.sklearn.fit(exactly(C, optima[at], MOST_ITERATIONS_IN_SWEEP));
    atDefault += usual.seconds;
    seconds += exact.seconds;
    const judged = await judge(scene.sklearn, ours.heads[at]);
    console.log(
      `  C = ${C.toExponential(2)}: scikit-learn ${exact.seconds.toFixed(1)} s, ${exact.iterations} iterations, excess ${excessOf(exact.objective, optima[at]).toExponential(1)}; at its default tol ${usual.seconds.toFixed(1)} s, excess ${excessOf(usual.objective, optima[at]).toExponential(1)}; Graft's excess ${excessOf(judged, optima[at]).toExponential(1)}`,
    );
  }
  console.log(
    `  Graft ${ours.seconds.toFixed(1)} s (Gram matrix ${ours.gramSeconds.toFixed(1)} s)   nine fits ${seconds.toFixed(1)} s (at the default tol ${atDefault.toFixed(1)} s)   ratio ${(ours.seconds / seconds).toFixed(3)}`,
  );
}

async function judge(sklearn: SklearnProcess, head: Head | undefined): Promise<number> {
  return head === undefined ? Number.NaN : (await sklearn.judge(head)).objective;
}

/**
 * A fit that ends at the first iteration that is exact enough: at the best tolerance that one could find for it.
 *
 * In float64: in float32, where an iteration takes half as long, it ends far above what is asked for at any tolerance.
 */
const exactly = (C: number, optimum: Optimum | undefined, most: number): FitRequest => ({
  ...{ C, tol: NO_TOLERANCE, most, float64: true },
  reach: (optimum?.objective ?? Number.NaN) * (1 + EXACT_ENOUGH),
});

/** One fit of ours, the Gram matrix included, beside one of scikit-learn, in turn. */
async function compareSingle(scene: Scene, optima: readonly Optimum[]): Promise<void> {
  const optimum = optima[EXPONENTS.indexOf(0)];
  const settings = settingsOf(scene.data, 0);
  const request = exactly(settings.C, optimum, MOST_ITERATIONS);
  const ratios: number[] = [];
  console.log(`single fit, C = ${settings.C.toExponential(2)}, ${scene.pairs} pairs`);
  for (let pair = 0; pair < scene.pairs; pair++) {
    const early = pair % 2 === 0 ? await measureGraft(scene, [settings]) : undefined;
    const theirs = await scene.sklearn.fit(request);
    const ours = early ?? (await measureGraft(scene, [settings]));
    const judged = await judge(scene.sklearn, ours.heads[0]);
    ratios.push(ours.seconds / theirs.seconds);
    console.log(
      `  Graft ${ours.seconds.toFixed(2)} s (excess ${excessOf(judged, optimum).toExponential(1)}, ${ours.processorSeconds.toFixed(1)} processor s)   scikit-learn ${theirs.seconds.toFixed(2)} s (excess ${excessOf(theirs.objective, optimum).toExponential(1)}, ${theirs.processorSeconds.toFixed(1)} processor s)   ratio ${(ours.seconds / theirs.seconds).toFixed(3)}`,
    );
  }
  console.log(`  median ratio, Graft / scikit-learn: ${median(ratios).toFixed(3)}`);
}

async function measureGraft({ data }: Scene, settings: readonly HeadSettings[]) {
  const { features, labels } = data;
  const [start, spent] = [performance.now(), process.cpuUsage()];
  const gram = await createGram(features);
  const gramSeconds = (performance.now() - start) / 1_000;
  const heads = await gram.fitEach('logistic-regression', labels, CLASSES, settings);
  const { user, system } = process.cpuUsage(spent);
  const seconds = (performance.now() - start) / 1_000;
  return { heads, seconds, gramSeconds, processorSeconds: (user + system) / 1e6 };
}

/** The streamed fit in a process of its own, beside the optimum. */
async function compareStreamed({ data, files, folder }: Scene, optima: readonly Optimum[]): Promise<void> {
  const settings = settingsOf(data, 0);
  const expected = optima[EXPONENTS.indexOf(0)]?.head.coef[0] ?? new Float64Array(0);
  const headFile = join(folder, 'streamed.json');
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(packageRoot, 'dist/bench/harness/streamed-fit-process.js'),
    files.features,
    files.labels,
    String(data.features.columns),
    JSON.stringify(settings),
    String(STREAMED_BYTES),
    headFile,
  ]);
  const told = JSON.parse(stdout) as { seconds: number; passes: number; megabytes: number };
  const { coef } = JSON.parse(await readFile(headFile, 'utf8')) as { coef: number[][] };
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const apart = expected.reduce(
    (most, value, at) => Math.max(most, Math.abs(value - (coef[0]?.[at] ?? 0))),
    0,
  );
  console.log(
    `streamed fit, C = ${settings.C.toExponential(2)}: ${told.seconds.toFixed(1)} s, ${told.passes} passes over ${(data.features.data.byteLength / 2 ** 20).toFixed(0)} MB, peak memory of its process ${told.megabytes.toFixed(0)} MB, coefficients within ${(apart / largest).toExponential(1)} of the largest`,
  );
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
