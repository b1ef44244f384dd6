import { BadInput } from '../../errors/graft-error.js';
import { DATA_TYPE, type OnnxDimension, type OnnxValue, toNumber } from '../onnx/model.js';
import type { Layout } from './preprocessing.js';

/** What a network takes, as far as it is one that takes pictures. */
export interface NetworkInput {
  readonly name: string;
  readonly type: 'uint8' | 'float32' | 'float16';
  readonly layout: Layout;
  /** Side of the square picture, pixels. */
  readonly size: number;
}

export interface InputWishes {
  /** What a message calls the file. */
  readonly shown: string;
  /** `--size` */
  readonly size?: number | undefined;
  /** `--layout` */
  readonly layout?: Layout | undefined;
}

/** A picture that is larger would take more memory than a decoder is given. */
const MOST_SIDE = 4096;

const TYPES: Readonly<Record<number, NetworkInput['type']>> = {
  [DATA_TYPE.uint8]: 'uint8',
  [DATA_TYPE.float]: 'float32',
  [DATA_TYPE.float16]: 'float16',
};

/**
 * Reads the declaration of a network's one input: uint8, float32 or float16, four axes, three channels, a fixed square
 * size. The batch axis may be open or fixed.
 *
 * @throws BadInput with what is in the way and how to export it otherwise.
 */
export function readInput(value: OnnxValue, wishes: InputWishes): NetworkInput {
  const { shown } = wishes;
  const tensor = value.type?.tensorType;
  const type = TYPES[tensor?.elemType ?? 0];
  if (type === undefined)
    throw new BadInput(
      `${shown}: input "${value.name}" takes no pictures: expected uint8, float32 or float16 numbers, ` +
        `received ONNX type ${tensor?.elemType ?? 'none'}.`,
    );
  const axes = tensor?.shape?.dim ?? [];
  const received = `received ${type} ${describeAxes(axes)}`;
  if (axes.length !== 4)
    throw new BadInput(
      `${shown}: input "${value.name}" takes no batches of pictures: expected four axes, [N,3,H,W] or [N,H,W,3], ` +
        `${received}.`,
    );
  const layout = readLayout(axes, value.name, received, wishes);
  return { name: value.name, type, layout, size: readSize(axes, layout, value.name, received, wishes) };
}

function readLayout(
  axes: readonly OnnxDimension[],
  name: string,
  received: string,
  { shown, layout }: InputWishes,
): Layout {
  const possible = LAYOUTS.filter(
    (candidate) =>
      [undefined, candidate].includes(layout) &&
      [undefined, 3].includes(fixedLength(axes[channelAxis(candidate)])),
  );
  const certain = possible.filter((candidate) => isChannels(axes[channelAxis(candidate)]));
  const [found, other] = certain.length === 1 ? certain : possible;
  if (found === undefined)
    throw new BadInput(
      `${shown}: input "${name}" takes no RGB pictures${layout === undefined ? '' : ` in --layout ${layout}`}: ` +
        `expected 3 channels, [N,3,H,W] or [N,H,W,3], ${received}.`,
    );
  if (other !== undefined)
    throw new BadInput(
      `${shown}: input "${name}" may be in either layout (${received}): add --layout nchw or nhwc.`,
    );
  return found;
}

const LAYOUTS: readonly Layout[] = ['nchw', 'nhwc'];
const channelAxis = (layout: Layout): number => (layout === 'nchw' ? 1 : 3);

const isChannels = (axis: OnnxDimension | undefined): boolean =>
  fixedLength(axis) === 3 || /chan|^c$/i.test(axis?.dimParam ?? '');

function readSize(
  axes: readonly OnnxDimension[],
  layout: Layout,
  name: string,
  received: string,
  { shown, size }: InputWishes,
): number {
  const sides = (layout === 'nchw' ? [2, 3] : [1, 2]).map((axis) => fixedLength(axes[axis]) ?? size);
  const [height, width] = sides;
  if (height === undefined || width === undefined)
    throw new BadInput(
      `${shown}: input "${name}" leaves the size of its pictures open (${received}): say which one the network was ` +
        'trained with, for instance --size 224.',
    );
  if (height !== width)
    throw new BadInput(
      `${shown}: input "${name}" takes no square pictures, which Graft's recipes make: ${received}.`,
    );
  if (size !== undefined && size !== height)
    throw new BadInput(
      `${shown}: input "${name}" has a fixed size: expected --size ${height}, received ${size}.`,
    );
  if (!Number.isInteger(height) || height < 1 || height > MOST_SIDE)
    throw new BadInput(
      `${shown}: expected pictures of 1 to ${MOST_SIDE} pixels a side, received ${height}: ` +
        (size === undefined ? 'export the network for smaller ones.' : 'choose another --size.'),
    );
  return height;
}

/** protobufjs gives absent numbers as zeros, and exporters write 0 or -1 for open axes. */
function fixedLength(axis: OnnxDimension | undefined): number | undefined {
  const length = axis?.dimValue === undefined ? 0 : toNumber(axis.dimValue);
  return length > 0 ? length : undefined;
}

const describeAxes = (axes: readonly OnnxDimension[]): string =>
  `[${axes.map((axis) => fixedLength(axis) ?? (axis.dimParam || '?')).join(', ')}]`;
