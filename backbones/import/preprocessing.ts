import { BadInput } from '../../errors/graft-error.js';

/** Order of the axes that a network wants its pictures in. */
export type Layout = 'nchw' | 'nhwc';
/** Order of the channels that a network wants. */
export type Channels = 'rgb' | 'bgr';
/** Of red, green and blue, in this order whatever the network's channels are. */
export type PerChannel = readonly [red: number, green: number, blue: number];

/** `x = (pixel × scale − mean) ÷ std` for pixels from 0 to 255. */
export interface Normalisation {
  readonly scale: number;
  readonly mean: PerChannel;
  readonly std: PerChannel;
}

/** What a network wants done to uint8 RGB pictures; Graft puts it into the graph, in front of the network. */
export interface Preprocessing {
  /** Absent: none was named. */
  readonly normalisation?: Normalisation;
  /** Default: what the shape of the network's input says. */
  readonly layout?: Layout;
  /** Default `rgb`. */
  readonly channels?: Channels;
}

/** Options as they were typed. */
export interface PreprocessingOptions {
  readonly preprocessing?: string;
  readonly mean?: string;
  readonly std?: string;
  readonly scale?: string;
  readonly layout?: string;
  readonly channels?: string;
}

/**
 * Normalisations by name. `imagenet`: torchvision's and timm's default; `clip`: OpenAI's CLIP; `minus-one-to-one`:
 * Inception's, most of timm's `*_in21k` vision transformers'; `zero-to-one`: 0…255 divided by 255; `none`: 0…255 as
 * floats, which Keras' EfficientNet and MobileNetV3 want.
 */
const PRESETS: Readonly<Record<string, Normalisation>> = {
  imagenet: { scale: 1 / 255, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  clip: {
    scale: 1 / 255,
    mean: [0.48145466, 0.4578275, 0.40821073],
    std: [0.26862954, 0.26130258, 0.27577711],
  },
  'minus-one-to-one': { scale: 1 / 127.5, mean: [1, 1, 1], std: [1, 1, 1] },
  'zero-to-one': { scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] },
  none: { scale: 1, mean: [0, 0, 0], std: [1, 1, 1] },
};

/** Names that `--preprocessing` takes. */
export const PREPROCESSINGS: readonly string[] = Object.keys(PRESETS);

/**
 * Reads `--preprocessing` or `--mean`, `--std` and `--scale`, then `--layout` and `--channels`.
 *
 * @returns undefined where none of them was given.
 * @throws BadInput that names the option.
 */
export function readPreprocessing(options: PreprocessingOptions): Preprocessing | undefined {
  const normalisation = readNormalisation(options);
  const layout = readChoice('--layout', options.layout, ['nchw', 'nhwc']);
  const channels = readChoice('--channels', options.channels, ['rgb', 'bgr']);
  if (normalisation === undefined && layout === undefined && channels === undefined) return undefined;
  return {
    ...(normalisation === undefined ? {} : { normalisation }),
    ...(layout === undefined ? {} : { layout }),
    ...(channels === undefined ? {} : { channels }),
  };
}

function readNormalisation({
  preprocessing,
  mean,
  std,
  scale,
}: PreprocessingOptions): Normalisation | undefined {
  const byNumbers = [mean, std, scale].some((text) => text !== undefined);
  if (preprocessing !== undefined) {
    if (byNumbers) throw new BadInput('Give either --preprocessing or --mean, --std and --scale, not both.');
    return PRESETS[readChoice('--preprocessing', preprocessing, PREPROCESSINGS) ?? ''];
  }
  if (!byNumbers) return undefined;
  if (scale === undefined)
    throw new BadInput(
      '--mean and --std need --scale: 1/255 where they are meant for pixels from 0 to 1 (as in torchvision), ' +
        '1 where they are meant for pixels from 0 to 255.',
    );
  const [factor] = readNumbers('--scale', scale, isPositive, 1);
  return {
    scale: factor ?? 1,
    mean: readPerChannel('--mean', mean ?? '0', Number.isFinite),
    std: readPerChannel('--std', std ?? '1', isPositive),
  };
}

const isPositive = (number: number): boolean => Number.isFinite(number) && number > 0;

function readPerChannel(option: string, text: string, accepts: (number: number) => boolean): PerChannel {
  const [red = 0, green = red, blue = red] = readNumbers(option, text, accepts, 1, 3);
  return [red, green, blue];
}

/** Numbers between commas, each maybe a fraction such as `1/255`. */
function readNumbers(
  option: string,
  text: string,
  accepts: (number: number) => boolean,
  ...counts: readonly number[]
): readonly number[] {
  const numbers = text.split(',').map(readNumber);
  if (numbers.every(accepts) && counts.includes(numbers.length)) return numbers;
  const expected = counts.includes(3)
    ? 'one number or three for red, green, blue'
    : 'one number, such as 1/255';
  const sign = accepts === isPositive ? ', greater than 0' : '';
  throw new BadInput(`${option}: expected ${expected}${sign}; received ${JSON.stringify(text)}.`);
}

function readNumber(text: string): number {
  const [dividend = '', divisor = '1', ...more] = text.split('/').map((part) => part.trim());
  if (dividend === '' || divisor === '' || more.length > 0) return Number.NaN;
  return Number(dividend) / Number(divisor);
}

function readChoice<T extends string>(
  option: string,
  text: string | undefined,
  choices: readonly T[],
): T | undefined {
  if (text === undefined) return undefined;
  const choice = choices.find((candidate) => candidate === text);
  if (choice !== undefined) return choice;
  throw new BadInput(`${option}: expected one of ${choices.join(', ')}; received ${JSON.stringify(text)}.`);
}
