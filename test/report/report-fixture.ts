import { makeThumbnail } from '../../report/thumbnail.js';
import { pickMistakes, pickNarrowHits } from '../../report/gallery.js';
import type { ReportInput, ScoredImage } from '../../report/report-input.js';
import type { SplitMetrics } from '../../heads/metrics.js';
import { describeSplit } from '../../heads/statistics/describe-split.js';
import { evaluateSplit } from '../../heads/evaluate-split.js';
import { sharp } from '../../engines/decode/sharp-loaders.js';
import { type FoundNumbers, checksOf, findingsOf, reportedChecks } from './found-data.js';
import { calibrationOf, selectionOf, thresholdOf } from './tuned-run.js';

const HASH = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

/** What a test wants to be different from an ordinary run. */
export interface FixtureOptions {
  readonly classes?: readonly string[];
  readonly positive?: string;
  /** Evaluation pictures. */
  readonly images?: number;
  readonly fileName?: (i: number) => string;
  /** 0: every prediction is right; larger: more mistakes. Default 1. */
  readonly noise?: number;
  /** What the data checks found. */
  readonly found?: FoundNumbers;
  /** A run without `--tune`, without a threshold, without data checks, and without validation pictures, so without calibration. */
  readonly plain?: boolean;
}

/** A report of invented but consistent numbers: metrics, predictions and gallery agree with each other. */
export async function reportFixture(options: FixtureOptions = {}): Promise<ReportInput> {
  const { classes = ['food', 'non_food'], images = 372, noise = 1, plain = false } = options;
  const { positive = classes[0] ?? '', fileName = (i: number) => `icon-${String(i).padStart(4, '0')}.jpg` } =
    options;
  const random = seededRandom(7);
  const evaluation = Array.from({ length: images }, (_, i) =>
    scoredImage({ name: fileName(i), classes, truth: i % classes.length, noise, random }),
  );
  const perClass = (count: number) => Object.fromEntries(classes.map((each) => [each, count]));
  const metrics = images === 0 ? noMetrics(classes) : await measure(evaluation, classes, positive);
  return {
    runId: '7f3c2a9e-41d2-7c55-9a0b-6f1e0d2c8b11',
    workflowId: 'graft-sample-0c1d2e3f4a5b',
    finishedAt: '2025-11-23T18:14:07.123Z',
    graftVersion: '0.1.0',
    dataset: {
      name: 'sample',
      version: HASH,
      classes,
      positive,
      counts: {
        training: perClass(367),
        validation: perClass(plain ? 0 : 186),
        evaluation: perClass(Math.floor(images / classes.length)),
      },
      images: 1478,
      quarantined: 2,
      source: 'the built-in sample: icons by five makers',
      licence: 'CC-BY-4.0, MIT and Apache-2.0: see samples/README.md',
    },
    backbone: { title: 'EfficientNet-Lite0', fingerprint: HASH, dimensions: 1280, recipe: 'crop-bicubic' },
    engine: 'onnx-cpu, onnxruntime 1.30.0, 2 threads',
    head: {
      kind: 'logistic-regression',
      settings: { C: plain ? 1 : 0.12345679, classWeight: 'balanced', tol: 1e-4, maxIterations: 1000 },
      convergence: { converged: true, iterations: 41, gradientNorm: 3.2e-5, objective: 0.214 },
      model: HASH,
    },
    metrics: {
      training: metrics,
      validation: plain ? noMetrics(classes) : metrics,
      evaluation: metrics,
    },
    statistics: await describeSplit({
      probabilities: Float64Array.from(evaluation.flatMap((image) => image.probabilities)),
      labels: evaluation.map((image) => classes.indexOf(image.class)),
      classes,
      positive,
    }),
    ...(!plain && {
      checks: await reportedChecks(checksOf(findingsOf(classes, fileName, options.found)), thumbnailOf),
    }),
    ...(plain ? {} : tunedParts({ evaluation, classes, positive, metrics })),
    evaluation,
    mistakes: await withThumbnails(pickMistakes(evaluation)),
    narrowHits: await withThumbnails(pickNarrowHits(evaluation)),
    receipt: {
      images: 1480,
      unique: 1470,
      features: 1478,
      quarantined: 2,
      missing: 0,
      computed: 1470,
      reused: 0,
      batches: 47,
      failedBatches: 0,
      contentHash: HASH,
    },
    quarantined: [
      {
        path: 'training/food/empty.jpg',
        split: 'training',
        class: 'food',
        sha256: '',
        bytes: 0,
        reason: 'is empty',
      },
      {
        path: 'evaluation/non_food/animation.jpg',
        split: 'evaluation',
        class: 'non_food',
        sha256: HASH,
        bytes: 48_213,
        reason: 'is a GIF, expected JPEG, PNG or WebP',
      },
    ],
    seconds: {
      fetch: 0,
      restructure: 1.9,
      plan: 0.21,
      extract: 9.4,
      train: 0.84,
      evaluate: 0.12,
      publish: 0.31,
    },
  };
}

/** What a run with `--tune --threshold f1` adds. A report of no pictures has nothing to calibrate. */
function tunedParts({
  evaluation,
  classes,
  positive,
  metrics,
}: Pick<ReportInput, 'evaluation'> & {
  readonly classes: readonly string[];
  readonly positive: string;
  readonly metrics: SplitMetrics;
}): Pick<ReportInput, 'selection' | 'calibration' | 'threshold'> {
  return {
    selection: selectionOf(['logistic-regression', 'linear-svm']),
    ...(evaluation.length > 0 && { calibration: calibrationOf(evaluation, classes, positive, metrics) }),
    ...(evaluation.length > 0 &&
      classes.length === 2 && { threshold: thresholdOf(evaluation, classes, positive) }),
  };
}

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

interface Draw {
  readonly name: string;
  readonly classes: readonly string[];
  readonly truth: number;
  readonly noise: number;
  readonly random: () => number;
}

function scoredImage({ name, classes, truth, noise, random }: Draw): ScoredImage {
  const logits = classes.map((_, i) => (i === truth ? 3 : 0) + 5 * noise * (random() + random() - 1));
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
  const probabilities = logits.map((logit) => Math.exp(logit) / total);
  const predicted = probabilities.indexOf(Math.max(...probabilities));
  return { name, class: classes[truth] ?? '', predicted: classes[predicted] ?? '', probabilities };
}

function measure(
  images: readonly ScoredImage[],
  classes: readonly string[],
  positive: string,
): Promise<SplitMetrics> {
  return evaluateSplit({
    probabilities: Float64Array.from(images.flatMap((image) => image.probabilities)),
    labels: images.map((image) => classes.indexOf(image.class)),
    classes,
    positive,
  });
}

function noMetrics(classes: readonly string[]): SplitMetrics {
  return {
    accuracy: Number.NaN,
    rocAuc: null,
    averagePrecision: null,
    logLoss: Number.NaN,
    confusion: classes.map(() => classes.map(() => 0)),
    support: classes.map(() => 0),
    report: '',
  };
}

async function withThumbnails(images: readonly ScoredImage[]) {
  return await Promise.all(images.map(async (image, i) => ({ ...image, thumbnail: await thumbnailOf(i) })));
}

/** The same few pictures serve every fixture: drawing them is what takes time. */
const thumbnails = new Map<number, Promise<Uint8Array>>();

function thumbnailOf(i: number): Promise<Uint8Array> {
  const made = thumbnails.get(i) ?? drawPicture(i).then(makeThumbnail);
  thumbnails.set(i, made);
  return made;
}

/** A picture with something in it, so that its thumbnail has the size of a real one's. */
async function drawPicture(i: number): Promise<Uint8Array> {
  const [width, height] = i % 3 === 0 ? [200, 300] : i % 3 === 1 ? [300, 200] : [256, 256];
  const pixels = new Uint8Array(width * height * 3);
  for (let at = 0; at < pixels.length; at += 1) {
    const x = Math.floor(at / 3) % width;
    const y = Math.floor(at / 3 / width);
    const blob = Math.hypot(x - width / 2, y - height / 2) < 40 + 8 * (i % 6) ? 1 : 0;
    pixels[at] = 128 + 60 * Math.sin(x / 17 + i + (at % 3)) + 50 * blob * Math.cos(y / 9 + (at % 3) * i);
  }
  return await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
