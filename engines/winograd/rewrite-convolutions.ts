import { makeTensor } from '../../backbones/onnx/build.js';
import { type OnnxGraph, type OnnxModel, toNumber } from '../../backbones/onnx/model.js';
import { type Convolution, findConvolutions } from './find-convolutions.js';
import type { PlaceWeights } from './graph-part.js';
import { buildWinograd } from './winograd-nodes.js';

/** Where Split takes the lengths of its parts as an input. */
const FIRST_OPSET = 13;

/**
 * From 128 → 256 channels on (VGG16's third block). Measured on one core with AVX-512, milliseconds a picture, directly
 * and by Winograd: 256 → 256 at 56x56 32 and 19, 512 → 512 at 28x28 31 and 12, at 14x14 8 and 5; but 128 → 128 at
 * 112x112 33 and 28 with much more memory, 64 → 64 at 224x224 34 and 41.
 */
const LEAST_KERNELS = 128 * 256;

/** Whether a convolution is to be rewritten. */
export type Pays = (convolution: Convolution) => boolean;

/** Whether a convolution has so many kernels that its matrix products outweigh the transforms around them. */
export const paysByWinograd: Pays = ({ inputs, outputs }) => inputs * outputs >= LEAST_KERNELS;

/** Whether `rewriteConvolutions` would change anything. */
export const canRewrite = (model: OnnxModel, pays: Pays): boolean => choose(model, pays).length > 0;

/**
 * The same network with Winograd's algorithm in place of the 3x3 convolutions that it makes faster: a quarter of the
 * multiplications in tiles of 4, four ninths in tiles of 2. Features change by rounding (of VGG16's less than 1e-4 of
 * their standard deviation); the weights of a rewritten convolution take 4 or 16/9 times the memory.
 *
 * @param pays which of the convolutions to rewrite. Default: `paysByWinograd`.
 * @param place where the transformed weights are put. Default: into the model.
 */
export function rewriteConvolutions(
  model: OnnxModel,
  pays: Pays = paysByWinograd,
  place: PlaceWeights = makeTensor,
): OnnxModel {
  const { graph } = model;
  if (graph === undefined || graph === null) return model;
  const parts = new Map(
    choose(model, pays).map((convolution) => [convolution.node, buildWinograd(convolution, place)] as const),
  );
  const node = graph.node.flatMap((old) => parts.get(old)?.nodes ?? [old]);
  const constants = [...parts.values()].flatMap((part) => part.constants);
  return {
    ...model,
    graph: dropUnused({ ...graph, node, initializer: [...graph.initializer, ...constants] }),
  };
}

const choose = (model: OnnxModel, pays: Pays): readonly Convolution[] =>
  model.graph === undefined || model.graph === null || !hasOperators(model)
    ? []
    : findConvolutions(model.graph).filter(pays);

const hasOperators = ({ opsetImport }: OnnxModel): boolean =>
  opsetImport.some(({ domain, version }) => domain === '' && toNumber(version) >= FIRST_OPSET);

/** Without the constants that nothing reads any more. */
function dropUnused(graph: OnnxGraph): OnnxGraph {
  const used = new Set([
    ...graph.node.flatMap(({ input }) => input),
    ...graph.output.map(({ name }) => name),
  ]);
  return { ...graph, initializer: graph.initializer.filter(({ name }) => used.has(name)) };
}
