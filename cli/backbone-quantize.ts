import type { Command } from 'commander';
import pc from 'picocolors';
import type { Backbone } from '../backbones/backbone.js';
import { readModelFile } from '../backbones/model-file.js';
import { type Quantization, quantizeBackbone } from '../backbones/quantize/quantize-backbone.js';
import {
  assertFreeName,
  createBackboneResolver,
  findRegistered,
  registerBackbone,
} from '../backbones/registry.js';
import { count } from '../dataset/quote.js';
import { openOnnxProbe } from '../engines/probe/probe-onnx.js';
import { BadInput } from '../errors/graft-error.js';
import { cacheFolder } from '../infra/cache-folder.js';
import type { Announce } from '../infra/announcement.js';
import type { ObjectStore } from '../storage/object-store.js';
import { openStore } from '../storage/open-store.js';
import { printAnnouncements } from './announcements.js';
import { choosePictures, decodePictures } from './calibration-pictures.js';
import { escapeTerminal } from './escape-terminal.js';
import { parseCount, parsePositiveCount } from './parse-count.js';
import { storeOption } from './store-option.js';

interface QuantizeOptions {
  readonly store: string;
  readonly name?: string;
  readonly dataset?: string;
  readonly pictures?: string;
  readonly images: number;
  readonly seed: number;
  readonly reduceRange?: boolean;
}

export function addBackboneQuantize(group: Command): void {
  group
    .command('quantize')
    .argument('<name>', 'a float32 backbone: graft backbone list')
    .description(
      'Make an int8 network of a convolutional one: some three times as fast, a little less exact.',
    )
    .addOption(storeOption())
    .option('--name <name>', 'name of the int8 backbone (default <name>-int8)')
    .option('--dataset <name>', 'calibrate with training pictures of it (default: that of the last run)')
    .option('--pictures <path>', 'calibrate with the pictures of a folder or zip file instead')
    .option('--images <n>', 'calibration pictures', parsePositiveCount, 128)
    .option('--seed <n>', 'another seed chooses other pictures', parseCount, 0)
    .option('--reduce-range', 'weights of 7 bits, for x86 processors without VNNI; costs accuracy')
    .addHelpText(
      'after',
      `
Examples:
  graft backbone quantize vgg16
  graft backbone quantize vgg16 --dataset food-5k --images 256
  graft backbone quantize vgg16 --pictures ./photos --name vgg16-photos-int8

The same network and pictures give the same int8 network. Then: graft backbone test <name>-int8`,
    )
    .action(quantize);
}

async function quantize(source: string, options: QuantizeOptions): Promise<void> {
  const name = options.name ?? `${source}-int8`;
  assertFreeName(name);
  const store = await openStore(options.store);
  await store.check();
  const made = await makeInt8(store, source, name, options, printAnnouncements(process.stderr));
  const { outcome, backbone } = await registerBackbone(store, made.draft);
  if (made.warning !== undefined) process.stderr.write(`${pc.yellow('!')} ${escapeTerminal(made.warning)}\n`);
  const what = outcome === 'present' ? 'is registered already' : 'is registered';
  process.stdout.write(
    `${name} ${what} in ${store.url}: cosine to ${source} ${made.cosine.toFixed(4)} on a few calibration pictures, ` +
      `fingerprint ${backbone.fingerprint.slice(0, 12)}\nTest it with graft backbone test ${name}\n`,
  );
}

async function makeInt8(
  store: ObjectStore,
  source: string,
  name: string,
  options: QuantizeOptions,
  announce: Announce,
): Promise<Quantization> {
  const backbone = await createBackboneResolver({ store, cacheFolder: cacheFolder() })(source);
  await assertNotTaken(store, name, backbone);
  const choice = await choosePictures(store, options);
  const { images, reduceRange = false } = options;
  const weights = reduceRange ? ', weights of 7 bits' : '';
  try {
    return await quantizeBackbone({
      backbone,
      onnx: await readModelFile(backbone),
      pictures: countPictures(decodePictures(choice, images, backbone), images, announce),
      calibration: `${count(images)} pictures of ${choice.from}, seed ${options.seed}${weights}`,
      name,
      reduceRange,
      open: openOnnxProbe,
    });
  } finally {
    await choice.close();
  }
}

/** Before minutes of calibration: throws `BadInput` where the name stands for anything but an int8 network of this one. */
async function assertNotTaken(store: ObjectStore, name: string, source: Backbone): Promise<void> {
  const there = await findRegistered(store, name);
  if (there === undefined || there.quantisedFrom?.fingerprint === source.fingerprint) return;
  throw new BadInput(
    `The name ${JSON.stringify(name)} stands for another network in ${store.url} already (${there.title}, from ` +
      `${there.origin}). Choose another one with --name, or remove that one first (graft backbone remove ${name}).`,
  );
}

async function* countPictures(
  pictures: AsyncIterable<Uint8Array>,
  images: number,
  announce: Announce,
): AsyncGenerator<Uint8Array> {
  let done = 0;
  for await (const picture of pictures) {
    yield picture;
    done += 1;
    announce({ kind: 'progress', text: `Calibrating  ${count(done)} of ${count(images)} pictures` });
  }
  announce({ kind: 'step', text: `Calibrated with ${count(images)} pictures` });
}
