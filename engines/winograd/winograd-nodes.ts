import { makeNode } from '../../backbones/onnx/build.js';
import { readFloats } from '../../backbones/onnx/read-tensor.js';
import type { Convolution } from './find-convolutions.js';
import { type GraphPart, type OpenPart, openPart, type PlaceWeights } from './graph-part.js';
import { type LineTransform, transformLine } from './line-transform.js';
import { transformWeights } from './transform-weights.js';

/**
 * A convolution as Winograd's algorithm out of standard operators (operator set 13 and later). Channels are the last
 * axis meanwhile, so that every matrix product is wide and every copy long:
 * columns, then rows, times Bᵀ → one matrix product [tiles, inputs] × [inputs, outputs] for each of the (m + 2)²
 * products of a tile → columns, then rows, times Aᵀ → bias.
 *
 * @param place where the transformed weights are put.
 */
export function buildWinograd(convolution: Convolution, place: PlaceWeights): GraphPart {
  const part = openPart(`${convolution.node.output[0] ?? ''}/winograd`, place);
  const rows = transformLine(convolution.height, convolution.tile);
  const columns = transformLine(convolution.width, convolution.tile);
  const tiles = transformTiles(part, convolution, rows, columns);
  const products = multiplyTiles(part, convolution, tiles);
  finishOutputs(part, convolution, products, rows, columns);
  return part;
}

/** Bᵀ d B of all tiles: float32 [(m + 2)², tiles, inputs]. */
function transformTiles(
  part: OpenPart,
  { source, inputs, height, width, tile }: Convolution,
  rows: LineTransform,
  columns: LineTransform,
): string {
  const side = tile + 2;
  const last = part.add('Transpose', [source], { perm: [0, 2, 3, 1] });
  const down = transformInputs(
    part,
    part.reshape(last, [-1, height, width * inputs]),
    rows,
    width * inputs,
    side,
  );
  const across = transformInputs(part, part.reshape(down, [-1, width, inputs]), columns, inputs, side);
  const placed = part.reshape(across, [
    -1,
    rows.segments,
    side,
    rows.tiles,
    columns.segments,
    side,
    columns.tiles * inputs,
  ]);
  return part.reshape(part.add('Transpose', [placed], { perm: [2, 5, 0, 1, 3, 4, 6] }), [
    side * side,
    -1,
    inputs,
  ]);
}

/** Lines of `depth` numbers a pixel, [N, pixels, depth] → [N, segments, (m + 2) · tiles, depth]. */
function transformInputs(
  part: OpenPart,
  lines: string,
  line: LineTransform,
  depth: number,
  side: number,
): string {
  const { segments, width, windows, tiles, input } = line;
  const cut =
    segments === 1
      ? part.reshape(lines, [-1, 1, width, depth])
      : part.add('Gather', [lines, part.constant([segments, width], BigInt64Array.from(windows, BigInt))], {
          axis: 1,
        });
  return part.add('MatMul', [part.constant([segments, side * tiles, width], input), cut]);
}

/** One constant matrix for each product, so that onnxruntime packs it once, when it loads. */
function multiplyTiles(
  part: OpenPart,
  { kernels, inputs, outputs, tile }: Convolution,
  tiles: string,
): string {
  const weights = transformWeights(readFloats(kernels), outputs, inputs, tile);
  const ones = part.constant([weights.length], new BigInt64Array(weights.length).fill(1n));
  const split = makeNode('Split', [tiles, ones], `${tiles}/0`, { axis: 0 });
  split.output = weights.map((_, at) => `${tiles}/${at}`);
  part.nodes.push(split);
  const products = weights.map((matrix, at) =>
    part.add('MatMul', [`${tiles}/${at}`, part.weights([inputs, outputs], matrix)]),
  );
  return part.add('Concat', products, { axis: 0 });
}

/** Aᵀ m A of all tiles and the bias, under the name that the convolution's output had. */
function finishOutputs(
  part: OpenPart,
  { node, bias, outputs, height, width, tile }: Convolution,
  products: string,
  rows: LineTransform,
  columns: LineTransform,
): void {
  const side = tile + 2;
  const across = columns.tiles * outputs;
  const placed = part.reshape(products, [
    side,
    side,
    -1,
    rows.segments,
    rows.tiles,
    columns.segments,
    across,
  ]);
  const lines = part.add('Transpose', [placed], { perm: [2, 3, 0, 4, 5, 1, 6] });
  const wide = transformOutputs(
    part,
    part.reshape(lines, [-1, side * columns.tiles, outputs]),
    columns,
    tile,
  );
  const whole = transformOutputs(
    part,
    part.reshape(wide, [-1, side * rows.tiles, width * outputs]),
    rows,
    tile,
  );
  const pixels = part.reshape(whole, [-1, height, width, outputs]);
  const complete = bias === undefined ? pixels : part.add('Add', [pixels, bias]);
  part.nodes.push(makeNode('Transpose', [complete], node.output[0] ?? '', { perm: [0, 3, 1, 2] }));
}

const transformOutputs = (
  part: OpenPart,
  lines: string,
  { tiles, output }: LineTransform,
  tile: number,
): string => part.add('MatMul', [part.constant([tile * tiles, (tile + 2) * tiles], output), lines]);
