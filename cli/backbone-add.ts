import { type Command, InvalidArgumentError, Option } from 'commander';
import { POOLS, type Pool } from '../backbones/import/pooling.js';
import { PREPROCESSINGS, readPreprocessing } from '../backbones/import/preprocessing.js';
import type { Recipe } from '../backbones/backbone.js';
import { RECIPES } from '../backbones/recipes.js';
import { type Registration, assertFreeName, registerBackbone } from '../backbones/registry.js';
import { BadInput } from '../errors/graft-error.js';
import type { Announce } from '../infra/announcement.js';
import { openStore } from '../storage/open-store.js';
import type { ObjectStore } from '../storage/object-store.js';
import { printAnnouncements } from './announcements.js';
import { summariseBackbone } from './describe-backbone.js';
import { escapeTerminal } from './escape-terminal.js';
import { importOnnxFrom } from './onnx-network.js';
import { storeOption } from './store-option.js';
import { registerVgg, vggKindOf } from './vgg-weights.js';

/** Options that only mean something for `--onnx`. */
interface OnnxOptions {
  readonly output?: string;
  readonly pool?: Pool;
  readonly recipe?: Recipe['name'];
  readonly size?: number;
  readonly preprocessing?: string;
  readonly mean?: string;
  readonly std?: string;
  readonly scale?: string;
  readonly layout?: string;
  readonly channels?: string;
  readonly title?: string;
  readonly licence?: string;
}

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
    .option('--weights <file>', 'Keras weights (.h5) of a VGG (default: the published ones are downloaded)')
    .option('--onnx <place>', 'an ONNX file, or its http(s) URL');
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

function addOnnxOptions(verb: Command): Command {
  return verb
    .option('--output <name>', 'value or node of the graph that gives the features (default: its one output)')
    .addOption(new Option('--pool <kind>', 'how a map or tokens become one vector').choices(POOLS))
    .addOption(
      new Option('--recipe <name>', 'how a picture becomes the input (default crop-bicubic)').choices(
        Object.keys(RECIPES),
      ),
    )
    .option('--size <pixels>', 'side of the input, where the network leaves it open', parseSize)
    .addOption(
      new Option('--preprocessing <name>', 'what the network wants done to pixels from 0 to 255').choices(
        PREPROCESSINGS,
      ),
    )
    .option('--mean <r,g,b>', 'x = (pixel × scale − mean) ÷ std')
    .option('--std <r,g,b>', 'see --mean')
    .option('--scale <number>', 'see --mean: 1/255, for one')
    .option('--layout <order>', 'nchw or nhwc (default: what the shape of the input says)')
    .option('--channels <order>', 'rgb or bgr (default rgb)')
    .option('--title <text>', 'name for people (default: the name)')
    .option('--licence <text>', 'licence of the network (default unknown)');
}

async function add(name: string, options: AddOptions): Promise<void> {
  assertFreeName(name);
  const store = await openStore(options.store);
  await store.check();
  const { outcome, backbone } = await register(store, name, options, printAnnouncements(process.stderr));
  const what = escapeTerminal(summariseBackbone(backbone));
  process.stdout.write(
    outcome === 'present'
      ? `${name} is registered in ${store.url} already: ${what}\n`
      : `Registered ${name} in ${store.url}: ${what}\nUse it with graft run <dataset> --backbone ${name}\n`,
  );
}

function register(
  store: ObjectStore,
  name: string,
  options: AddOptions,
  announce: Announce,
): Promise<Registration> {
  const { onnx, weights, store: _store, ...onnxOptions } = options;
  const kind = vggKindOf(name);
  if (onnx !== undefined && weights !== undefined)
    throw new BadInput('--onnx and --weights exclude each other: give the one file that the network is in.');
  if (onnx !== undefined) return registerOnnx(store, name, onnx, onnxOptions, announce);
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

async function registerOnnx(
  store: ObjectStore,
  name: string,
  onnx: string,
  { recipe, output, pool, size, title, licence, ...preparation }: OnnxOptions,
  announce: Announce,
): Promise<Registration> {
  const preprocessing = readPreprocessing(preparation);
  const request = {
    name,
    ...(output !== undefined && { output }),
    ...(pool !== undefined && { pool }),
    ...(size !== undefined && { size }),
    ...(title !== undefined && { title }),
    ...(licence !== undefined && { licence }),
    ...(recipe !== undefined && { recipe: RECIPES[recipe] }),
    ...(preprocessing !== undefined && { preprocessing }),
  };
  return registerBackbone(store, await importOnnxFrom(onnx, request, announce));
}

function parseSize(text: string): number {
  const size = Number(text);
  if (Number.isInteger(size) && size >= 1 && size <= 4_096) return size;
  throw new InvalidArgumentError(`Expected a whole number of pixels from 1 to 4096, received "${text}".`);
}
