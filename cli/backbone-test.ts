import type { Command } from 'commander';
import pc from 'picocolors';
import type { Backbone } from '../backbones/backbone.js';
import { mayPromote } from '../backbones/may-promote.js';
import {
  BACKBONE_NAMES,
  type BackboneTest,
  createBackboneResolver,
  readBackboneRecord,
  recordBackboneTest,
} from '../backbones/registry.js';
import type { DatasetManifest, IndexRow } from '../dataset/dataset.js';
import { orderByHash } from '../dataset/order-by-hash.js';
import { BadInput } from '../errors/graft-error.js';
import { createFitPool } from '../heads/fit-pool.js';
import { cacheFolder } from '../infra/cache-folder.js';
import type { Announce } from '../infra/announcement.js';
import type { ObjectStore } from '../storage/object-store.js';
import { openStore } from '../storage/open-store.js';
import { printAnnouncements } from './announcements.js';
import { type BackboneFeatures, featuresOf } from './backbone-features.js';
import { type CosineSummary, compareVectors, validationAccuracy } from './compare-backbones.js';
import { escapeTerminal } from './escape-terminal.js';
import { EXIT } from './exit-codes.js';
import { parseCount } from './parse-count.js';
import { storeOption } from './store-option.js';
import { openStoredDataset } from './stored-dataset.js';

interface TestOptions {
  readonly store: string;
  readonly against?: string;
  readonly dataset?: string;
  readonly images: number;
  readonly validation: number;
  readonly seed: number;
}

/** What a backbone's features were worth. */
interface Tested {
  readonly backbone: Backbone;
  readonly features: BackboneFeatures;
  readonly accuracy: number;
}

/** Pictures that backbones are tested with. */
interface Sample {
  readonly manifest: DatasetManifest;
  readonly rows: readonly IndexRow[];
}

export function addBackboneTest(group: Command): void {
  group
    .command('test')
    .argument('<name>', 'name of a backbone: graft backbone list')
    .description('Compare a backbone with another (an int8 one with its float32 origin) and keep the result.')
    .addOption(storeOption())
    .option('--against <name>', 'the backbone to compare with (default: the one that it was made from)')
    .option('--dataset <name>', 'pictures to test with, from the store (default: those of the last run)')
    .option('--images <n>', 'training pictures', parseCount, 600)
    .option('--validation <n>', 'validation pictures', parseCount, 400)
    .option('--seed <n>', 'another seed chooses other pictures', parseCount, 0)
    .addHelpText(
      'after',
      `
Examples:
  graft backbone test vgg16-int8
  graft backbone test vgg16-int8 --dataset food-5k --images 2000 --validation 1000
  graft backbone test efficientnet-lite0-fast --against efficientnet-lite0

Features that the store has are used, the others are computed here. A model on an int8 backbone that was never tested,
or loses more than 0.5 points of validation accuracy, is not promoted; the test then exits with 3.`,
    )
    .action(test);
}

async function test(name: string, options: TestOptions): Promise<void> {
  const store = await openStore(options.store);
  const announce = printAnnouncements(process.stderr);
  const resolve = createBackboneResolver({ store, cacheFolder: cacheFolder() });
  const backbone = await resolve(name);
  const record = BACKBONE_NAMES.includes(name) ? undefined : await readBackboneRecord(store, name);
  const other = options.against ?? record?.quantisedFrom?.name;
  const counterpart = other === undefined ? undefined : await resolve(other);
  if (counterpart !== undefined) assertComparable(backbone, counterpart);
  const sample = await takeSample(store, options);
  const own = await testOne(store, backbone, sample, announce);
  if (counterpart === undefined) {
    print([own], undefined);
    return;
  }
  const against = await testOne(store, counterpart, sample, announce);
  const cosines = compareVectors(own.features.vectors, against.features.vectors);
  print([own, against], cosines);
  if (record === undefined) return;
  const result = describeTest(sample, own, against, cosines);
  await recordBackboneTest(store, name, backbone.fingerprint, result);
  const promotion = mayPromote({ ...record, test: result });
  if (promotion.allowed) return;
  process.stderr.write(`\n${pc.yellow('!')} ${escapeTerminal(promotion.reason)}\n`);
  process.exitCode = EXIT.runFailed;
}

/** Before minutes of work: throws `BadInput` where no cosine can be had, or none that says anything. */
function assertComparable(backbone: Backbone, against: Backbone): void {
  if (against.fingerprint === backbone.fingerprint)
    throw new BadInput(`--against: expected another network than ${backbone.name}, received the same one.`);
  if (against.dimensions !== backbone.dimensions)
    throw new BadInput(
      `--against: expected a network of ${backbone.dimensions} features, as ${backbone.name} has; ${against.name} has ` +
        `${against.dimensions}. Compare networks of different features by a run with each.`,
    );
}

/** Training and validation pictures that the seed chooses. */
async function takeSample(
  store: ObjectStore,
  { dataset, images, validation, seed }: TestOptions,
): Promise<Sample> {
  const { manifest, rows } = await openStoredDataset(store, dataset);
  const pick = (split: 'training' | 'validation', most: number) =>
    orderByHash(
      rows.filter((row) => row.split === split),
      ({ sha256 }) => sha256,
      seed,
    ).slice(0, most);
  const [training, validated] = [pick('training', images), pick('validation', validation)];
  if (training.length > 0 && validated.length > 0) return { manifest, rows: [...training, ...validated] };
  throw new BadInput(
    `Expected training and validation pictures, received ${training.length} and ${validated.length} from ` +
      `${manifest.name}. Raise --images and --validation, or name another --dataset.`,
  );
}

async function testOne(
  store: ObjectStore,
  backbone: Backbone,
  { manifest, rows }: Sample,
  announce: Announce,
): Promise<Tested> {
  const features = await featuresOf(store, backbone, rows, announce);
  const fitPool = createFitPool();
  try {
    const accuracy = await validationAccuracy(rows, features.vectors, manifest.classes, fitPool);
    return { backbone, features, accuracy };
  } finally {
    await fitPool.close();
  }
}

function describeTest(sample: Sample, own: Tested, against: Tested, cosines: CosineSummary): BackboneTest {
  const { name, fingerprint } = against.backbone;
  return {
    testedAt: new Date().toISOString(),
    against: { name, fingerprint },
    images: own.features.vectors.size,
    cosine: cosines,
    accuracy: { dataset: sample.manifest.name, own: own.accuracy, against: against.accuracy },
  };
}

/** A line for each backbone, and how alike they are. */
function print(tested: readonly Tested[], cosines: CosineSummary | undefined): void {
  const width = Math.max(...tested.map(({ backbone }) => backbone.name.length), 'cosine'.length);
  const line = (label: string, text: string) => process.stdout.write(`${label.padEnd(width)}  ${text}\n`);
  line('', 'validation accuracy  network, ms a picture');
  for (const { backbone, accuracy, features } of tested) {
    const time = features.millisecondsEach?.toFixed(1) ?? 'from the store';
    line(backbone.name, `${accuracy.toFixed(4).padStart(19)}  ${time.padStart(21)}`);
  }
  if (cosines !== undefined)
    line('cosine', `mean ${cosines.mean.toFixed(5)}, least ${cosines.least.toFixed(5)}`);
}
