import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Recipe } from '../backbones/backbone.js';
import type { OnnxImport } from '../backbones/import/import-onnx.js';
import { POOLS, type Pool } from '../backbones/import/pooling.js';
import {
  PREPROCESSINGS,
  type PreprocessingOptions,
  readPreprocessing,
} from '../backbones/import/preprocessing.js';
import { RECIPES } from '../backbones/recipes.js';

/** Options that only mean something for `--onnx`. */
export interface OnnxOptions extends PreprocessingOptions {
  readonly output?: string;
  readonly pool?: Pool;
  readonly recipe?: Recipe['name'];
  readonly size?: number;
  readonly title?: string;
  readonly licence?: string;
}

/** Declares them. */
export function addOnnxOptions(verb: Command): Command {
  return verb
    .option(
      '--output <name>',
      'value or node of the graph that gives the features (default: its one output)',
      parseText,
    )
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
    .option('--title <text>', 'name for people (default: the name)', parseText)
    .option('--licence <text>', 'licence of the network (default unknown)', parseText);
}

/** What the options ask of an import. Throws `BadInput` that names the option. */
export function toOnnxRequest(
  name: string,
  { recipe, output, pool, size, title, licence, ...preparation }: OnnxOptions,
): Omit<OnnxImport, 'bytes' | 'shown' | 'origin'> {
  const preprocessing = readPreprocessing(preparation);
  return {
    name,
    ...(output !== undefined && { output }),
    ...(pool !== undefined && { pool }),
    ...(size !== undefined && { size }),
    ...(title !== undefined && { title }),
    ...(licence !== undefined && { licence }),
    ...(recipe !== undefined && { recipe: RECIPES[recipe] }),
    ...(preprocessing !== undefined && { preprocessing }),
  };
}

/** Reads an option that is a text. Throws commander's error for an empty one. */
export function parseText(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('Expected a text, received an empty one.');
}

function parseSize(text: string): number {
  const size = Number(text);
  if (Number.isInteger(size) && size >= 1 && size <= 4_096) return size;
  throw new InvalidArgumentError(`Expected a whole number of pixels from 1 to 4096, received "${text}".`);
}
