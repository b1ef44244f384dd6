import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { createBackboneResolver } from '../backbones/registry.js';
import { createSupervisedExtractor } from '../engines/extractor/supervised-extractor.js';
import type { EngineKind } from '../engines/choice/engine-kind.js';
import type { FeatureExtractor } from '../engines/feature-extractor.js';
import { BadInput } from '../errors/graft-error.js';
import { cacheFolder } from '../infra/cache-folder.js';
import { type CalibratedHead, calibratedProbabilities } from '../heads/calibration/calibrated-head.js';
import { decisionValues, predictClasses } from '../heads/predict.js';
import { type Model, assertModelFits, loadModel } from '../runs/load-model.js';
import { openStore } from '../storage/open-store.js';
import { escapeTerminal } from './escape-terminal.js';
import { EXIT } from './exit-codes.js';
import { engineOption } from './engine-option.js';
import { storeOption } from './store-option.js';

interface ClassifyOptions {
  readonly store: string;
  readonly engine: EngineKind;
  readonly model?: string;
  readonly json?: boolean;
}

/** What `graft classify --json` prints for each picture. */
interface Classified {
  readonly file: string;
  /** `null` where the picture was refused. */
  readonly class: string | null;
  readonly probabilities?: Readonly<Record<string, number>>;
  readonly reason?: string;
}

/** Pictures that are read and classified at once: bounds memory. */
const CHUNK = 64;
const PICTURES = /\.(jpe?g|png|webp)$/i;

export function addClassify(program: Command): void {
  program
    .command('classify')
    .argument('<path...>', 'pictures (JPEG, PNG, WebP) or folders of them')
    .description('Classify pictures with a trained model.')
    .addOption(storeOption())
    .addOption(engineOption())
    .option(
      '--model <id>',
      'name of a model, or enough of its beginning (default: the champion of the data set that was trained on last)',
    )
    .option('--json', 'print one line of JSON per picture')
    .addHelpText(
      'after',
      `
Examples:
  graft classify my-lunch.jpg
  graft classify ./holiday --model 4f1c22 --json

Exits with 2 where a picture was refused; the others are classified all the same.`,
    )
    .action(classify);
}

async function classify(paths: readonly string[], options: ClassifyOptions): Promise<void> {
  const files = (await Promise.all(paths.map(listPictures))).flat();
  const store = await openStore(options.store);
  const model = await loadModel(store, options.model);
  const backbone = await createBackboneResolver({ store, cacheFolder: cacheFolder() })(model.backbone);
  assertModelFits(model, backbone);
  const extractor = createSupervisedExtractor(backbone, {
    engine: options.engine,
    cacheFolder: cacheFolder(),
  });
  if (options.json !== true) process.stderr.write(`${describeModel(model)}\n\n`);
  const width = Math.max(...['refused', ...model.head.classes].map((name) => escapeTerminal(name).length));
  let refused = 0;
  try {
    for (let start = 0; start < files.length; start += CHUNK) {
      const chunk = files.slice(start, start + CHUNK);
      for (const result of await classifyFiles(chunk, model.head, extractor)) {
        if (result.class === null) refused += 1;
        process.stdout.write(`${options.json === true ? JSON.stringify(result) : describe(result, width)}\n`);
      }
    }
  } finally {
    await extractor.close();
  }
  if (refused > 0) process.exitCode = EXIT.badInput;
}

/** Reads and classifies a few pictures; what cannot be read is refused like what cannot be decoded. */
async function classifyFiles(
  files: readonly string[],
  head: CalibratedHead,
  extractor: FeatureExtractor,
): Promise<readonly Classified[]> {
  const read = await Promise.allSettled(files.map((file) => readFile(file)));
  const bytes = read.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const images = (await extractor.extract(bytes)).images.values();
  return files.map((file, at) => {
    const result = read[at];
    if (result?.status !== 'fulfilled')
      return { file, class: null, reason: `cannot be read (${codeOf(result?.reason)})` };
    const image = images.next().value;
    return image?.kind === 'feature'
      ? { file, ...classifyVector(head, image.vector) }
      : { file, class: null, reason: image?.reason ?? 'not extracted' };
  });
}

/** `ENOENT` and the like. */
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';

function classifyVector(
  head: CalibratedHead,
  data: Float32Array,
): Required<Pick<Classified, 'class' | 'probabilities'>> {
  const decisions = decisionValues(head, { rows: 1, columns: data.length, data });
  const probabilities = calibratedProbabilities(head, decisions);
  const [predicted = 0] = predictClasses(probabilities, head.classes.length);
  return {
    class: head.classes[predicted] ?? null,
    probabilities: Object.fromEntries(head.classes.map((name, id) => [name, probabilities[id] ?? 0])),
  };
}

/** @param width of the column of classes */
function describe({ file, class: name, probabilities, reason }: Classified, width: number): string {
  if (name === null)
    return `${pc.yellow('refused'.padEnd(width))}           ${escapeTerminal(file)}: ${escapeTerminal(reason ?? '')}`;
  const probability = ((probabilities?.[name] ?? 0) * 100).toFixed(1).padStart(5);
  return `${pc.bold(escapeTerminal(name).padEnd(width))}  ${probability} %  ${escapeTerminal(file)}`;
}

const describeModel = ({ id, dataset, backbone, head, isChampion }: Model): string =>
  pc.dim(
    `model ${id.slice(0, 12)}${isChampion === true ? ' · champion' : ''} · trained on ${dataset} · ${backbone} · ${head.classes.map(escapeTerminal).join(' / ')}`,
  );

async function listPictures(path: string): Promise<readonly string[]> {
  const entry = await stat(path).catch(() => undefined);
  if (entry === undefined)
    throw new BadInput(`${escapeTerminal(path)} does not exist. Give a picture or a folder of pictures.`);
  if (!entry.isDirectory()) return [path];
  const names = await readdir(path, { recursive: true });
  const pictures = names.filter((name) => PICTURES.test(name)).sort();
  if (pictures.length > 0) return pictures.map((name) => join(path, name));
  throw new BadInput(
    `${escapeTerminal(path)} holds no picture: expected files that end in .jpg, .jpeg, .png or .webp.`,
  );
}
