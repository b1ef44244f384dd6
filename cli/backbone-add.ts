import type { Command } from 'commander';
import {
  type RegisteredBackbone,
  type Registration,
  assertFreeName,
  registerBackbone,
} from '../backbones/registry.js';
import { BadInput } from '../errors/graft-error.js';
import type { Announce } from '../infra/announcement.js';
import { openStore } from '../storage/open-store.js';
import type { ObjectStore } from '../storage/object-store.js';
import { printAnnouncements } from './announcements.js';
import { summariseBackbone } from './describe-backbone.js';
import { escapeTerminal } from './escape-terminal.js';
import { importOnnxFrom } from './onnx-network.js';
import { type OnnxOptions, addOnnxOptions, parseText, toOnnxRequest } from './onnx-options.js';
import { storeOption } from './store-option.js';
import { registerVgg, vggKindOf } from './vgg-weights.js';

interface AddOptions extends OnnxOptions {
  readonly store: string;
  readonly weights?: string;
  readonly onnx?: string;
}

export function addBackboneAdd(group: Command): void {
  const verb = group
    .command('add')
    .argument('<name>', 'vgg16, vgg19 or vgg16-… for Keras’ VGG; any other name together with --onnx')
    .description('Test a network and register it in the store, for every worker that shares the store.')
    .addOption(storeOption())
    .option(
      '--weights <file>',
      'Keras weights (.h5) of a VGG (default: the published ones are downloaded)',
      parseText,
    )
    .option('--onnx <place>', 'an ONNX file, or its http(s) URL', parseText);
  addOnnxOptions(verb)
    .addHelpText(
      'after',
      `
Examples:
  graft backbone add vgg16
  graft backbone add vgg16 --weights vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5
  graft backbone add resnet50 --onnx resnet50.onnx --output flatten --preprocessing imagenet
  graft backbone add mine --onnx https://example.org/mine.onnx --mean 0.5,0.5,0.5 --std 0.5,0.5,0.5 --scale 1/255

Environment:
  GRAFT_WEIGHTS_MIRROR   addresses to ask for Keras' weights first, apart by commas`,
    )
    .action(add);
}

async function add(name: string, options: AddOptions): Promise<void> {
  assertFreeName(name);
  const store = await openStore(options.store);
  await store.check();
  const { outcome, backbone } = await register(store, name, options, printAnnouncements(process.stderr));
  const what = escapeTerminal(summariseBackbone(backbone));
  process.stdout.write(
    outcome === 'present'
      ? `${name} is registered in ${store.url} already: ${what}\n${describeKept(name, backbone, options)}`
      : `Registered ${name} in ${store.url}: ${what}\nUse it with graft run <dataset> --backbone ${name}\n`,
  );
}

/** A record stays as it was written: whoever gives it another title or licence should know. */
function describeKept(name: string, kept: RegisteredBackbone, { title, licence }: AddOptions): string {
  const isSame = (title ?? kept.title) === kept.title && (licence ?? kept.licence) === kept.licence;
  if (isSame) return '';
  const were = escapeTerminal(`title ${JSON.stringify(kept.title)}, licence ${JSON.stringify(kept.licence)}`);
  return `Its title and licence stay as they were (${were}); to change them: graft backbone remove ${name}, then add it again.\n`;
}

async function register(
  store: ObjectStore,
  name: string,
  options: AddOptions,
  announce: Announce,
): Promise<Registration> {
  const { onnx, weights, store: _store, ...onnxOptions } = options;
  const kind = vggKindOf(name);
  if (onnx !== undefined && weights !== undefined)
    throw new BadInput('--onnx and --weights exclude each other: give the one file that the network is in.');
  if (onnx !== undefined)
    return registerBackbone(store, await importOnnxFrom(onnx, toOnnxRequest(name, onnxOptions), announce));
  if (kind === undefined)
    throw new BadInput(
      `The backbone ${JSON.stringify(name)} needs --onnx with a file or a URL. Only vgg16, vgg19 and names that begin ` +
        'so, such as vgg16-mine, are made of Keras weights (--weights).',
    );
  const [stray] = Object.keys(onnxOptions);
  if (stray !== undefined)
    throw new BadInput(`--${stray} belongs to --onnx. Leave it out: Graft knows how ${kind} is prepared.`);
  return registerVgg(store, { name, kind, weights }, announce);
}
