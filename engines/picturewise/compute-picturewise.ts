import { type OnnxGraph, type OnnxModel, toNumber } from '../../backbones/onnx/model.js';
import { findCut } from './find-cut.js';
import { readPictureShapes } from './picture-shapes.js';
import { repeatFront } from './repeat-front.js';

/** Where Slice takes its bounds as inputs. */
const FIRST_OPSET = 10;

/** More fronts make the network slow to load; micro-batches that are larger than this are not for a processor's caches. */
const MOST_PICTURES = 32;

/**
 * The same network with its front computed picture by picture: the part in which the values of a whole micro-batch fall
 * out of the processor's caches between two operators. Behind the cut, where values are small and weights are large,
 * pictures go together. Features change by rounding.
 *
 * @returns undefined where nothing is to gain: micro-batches of one picture, no large values, no value that everything
 *   goes through, operators that are not known to treat every picture apart.
 */
export function computePicturewise(model: OnnxModel, microBatch: number): OnnxModel | undefined {
  const { graph } = model;
  if (microBatch < 2 || microBatch > MOST_PICTURES || !hasSlice(model)) return undefined;
  if (graph === undefined || graph === null || hasSubgraphs(graph)) return undefined;
  const input = findInput(graph);
  if (input === undefined) return undefined;
  const shapes = readPictureShapes(graph, input);
  const cut = findCut(graph, shapes);
  if (cut === undefined) return undefined;
  return {
    ...model,
    graph: repeatFront(graph, { ...cut, input, pictures: new Set(shapes.keys()) }, microBatch),
  };
}

const hasSlice = ({ opsetImport }: OnnxModel): boolean =>
  opsetImport.some(({ domain, version }) => domain === '' && toNumber(version) >= FIRST_OPSET);

/** They may read values that no node around them names. */
const hasSubgraphs = ({ node }: OnnxGraph): boolean =>
  node.some(({ attribute }) => attribute.some(({ g, graphs }) => Boolean(g) || graphs.length > 0));

/** The graph's one input. Old files name constants there, too, which then may be replaced: they are left alone. */
const findInput = ({ input }: OnnxGraph): string | undefined =>
  input.length === 1 ? input[0]?.name : undefined;
