import { BadInput } from '../../errors/graft-error.js';
import { decodeModel } from '../onnx/codec.js';
import { type OnnxGraph, type OnnxModel, type OnnxNode, type OnnxTensor, toNumber } from '../onnx/model.js';

/** A model that has a graph. */
export type WholeModel = OnnxModel & { graph: OnnxGraph };

/** protobuf's limit, and so ONNX's, of one file. */
export const MOST_ONNX_BYTES = 2 ** 31 - 1;

/** Since opset 7 operators broadcast as the ones that Graft adds expect; onnxruntime promises nothing for older ones. */
const OLDEST_OPSET = 7;

/**
 * Decodes an ONNX file that holds all of its numbers.
 *
 * @throws BadInput where it is too large, no ONNX file, cut off, in several files, or of before 2017.
 */
export function openModel(bytes: Uint8Array, shown: string): WholeModel {
  if (bytes.length > MOST_ONNX_BYTES)
    throw new BadInput(
      `${shown} is too large: expected at most 2 GiB, what one ONNX file can hold; received ${bytes.length} bytes.`,
    );
  const model = decodeModel(bytes, shown);
  const { graph } = model;
  if (!graph) throw new BadInput(`${shown} holds no graph: export it again.`);
  assertOneFile(graph, shown);
  const opset = model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx');
  if (opset !== undefined && toNumber(opset.version) < OLDEST_OPSET)
    throw new BadInput(
      `${shown} uses ONNX opset ${toNumber(opset.version)}: expected ${OLDEST_OPSET} or newer. Export it with opset_version=17.`,
    );
  return Object.assign(model, { graph });
}

function assertOneFile(graph: OnnxGraph, shown: string): void {
  const outside = tensorsOf(graph).find(({ dataLocation }) => dataLocation === 1);
  if (outside === undefined) return;
  throw new BadInput(
    `${shown} keeps its weights in another file (${JSON.stringify(outside.name)}): expected one ONNX file. ` +
      'Export it with external_data=False, or save it again with onnx.save(onnx.load("in.onnx"), "out.onnx").',
  );
}

/** Constants of a graph, of its nodes' attributes and of the graphs within. */
function tensorsOf(graph: OnnxGraph): readonly OnnxTensor[] {
  return [...graph.initializer, ...graph.node.flatMap(tensorsOfNode)];
}

const tensorsOfNode = (node: OnnxNode): readonly OnnxTensor[] =>
  node.attribute.flatMap(({ t, g, graphs }) => [
    ...(t ? [t] : []),
    ...[...(g ? [g] : []), ...graphs].flatMap(tensorsOf),
  ]);
