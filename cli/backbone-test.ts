import type { Command } from 'commander';
import type { Backbone } from '../backbones/backbone.js';
import {
  BACKBONE_NAMES,
  type BackboneTest,
  createBackboneResolver,
  readBackboneRecord,
} from '../backbones/registry.js';
import { BadInput } from '../errors/graft-error.js';
import { createFitPool } from '../heads/fit-pool.js';
import { cacheFolder } from '../infra/cache-folder.js';
import type { Announce } from '../infra/announcement.js';
import type { ObjectStore } from '../storage/object-store.js';
import { openStore } from '../storage/open-store.js';
import { printAnnouncements } from './announcements.js';
import { featuresOf } from './backbone-features.js';
import { type BackboneSample, type SampleRequest, takeSample } from './backbone-sample.js';
import { type CosineSummary, compareVectors, validationAccuracy } from './compare-backbones.js';
import { keepBackboneTest } from './keep-backbone-test.js';
import { parseCount, parsePositiveCount } from './parse-count.js';
import { type TestedBackbone, printTested } from './print-tested.js';
import { storeOption } from './store-option.js';

interface TestOptions extends SampleRequest {
  readonly store: string;
  readonly against?: string;
}

export function addBackboneTest(group: Command): void {
  group
    .command('test')
    .argument('<name>', 'name of a backbone: graft backbone list')
    .description('Compare a backbone with another (an int8 one with its float32 origin) and keep the result.')
    .addOption(storeOption())
    .option('--against <name>', 'the backbone to compare with (default: the one that it was made from)')
    .option('--dataset <name>', 'pictures to test with, from the store (default: those of the last run)')
    .option('--images <n>', 'training pictures', parsePositiveCount, 600)
    .option('--validation <n>', 'validation pictures', parsePositiveCount, 400)
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
    printTested([own], undefined);
    return;
  }
  const against = await testOne(store, counterpart, sample, announce);
  const cosines = compareVectors(own.features.vectors, against.features.vectors);
  printTested([own, against], cosines);
  if (record !== undefined)
    await keepBackboneTest(store, record, describeTest(sample, own, against, cosines));
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

async function testOne(
  store: ObjectStore,
  backbone: Backbone,
  { manifest, rows }: BackboneSample,
  announce: Announce,
): Promise<TestedBackbone> {
  const features = await featuresOf(store, backbone, rows, announce);
  const fitPool = createFitPool();
  try {
    const accuracy = await validationAccuracy(rows, features.vectors, manifest.classes, fitPool);
    return { backbone, features, accuracy };
  } finally {
    await fitPool.close();
  }
}

function describeTest(
  sample: BackboneSample,
  own: TestedBackbone,
  against: TestedBackbone,
  cosines: CosineSummary,
): BackboneTest {
  const { name, fingerprint } = against.backbone;
  return {
    testedAt: new Date().toISOString(),
    against: { name, fingerprint },
    images: own.features.vectors.size,
    cosine: cosines,
    accuracy: { dataset: sample.manifest.name, own: own.accuracy, against: against.accuracy },
  };
}
