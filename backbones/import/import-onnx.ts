import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { BadInput } from '../../errors/graft-error.js';
import type { Recipe } from '../backbone.js';
import type { BackboneDraft } from '../draft.js';
import { makeValue } from '../onnx/build.js';
import { encodeModel } from '../onnx/codec.js';
import { DATA_TYPE, type OnnxGraph, type OnnxValue } from '../onnx/model.js';
import { CROP_BICUBIC } from '../recipes.js';
import { chooseOutput, keepOnlyFor } from './choose-output.js';
import { hintAtClassScores } from './class-scores.js';
import { fitRecipe } from './fit-recipe.js';
import { freshName, type GraphPart } from './graph-part.js';
import { type NetworkInput, readInput } from './network-input.js';
import { buildNormalisation } from './normalise.js';
import { openModel } from './open-model.js';
import { buildPooling, type Pool } from './pooling.js';
import { type Preprocessing, PREPROCESSINGS } from './preprocessing.js';
import { type SelfTestFacts, selfTestNetwork } from './self-test.js';
import { tryNetwork } from './try-network.js';

/** A network that somebody exported, and what they say about it. */
export interface OnnxImport {
  /** The ONNX file, at most `MOST_ONNX_BYTES`. */
  readonly bytes: Uint8Array;
  /** What messages call the file: its path or URL. */
  readonly shown: string;
  /** The backbone's name. */
  readonly name: string;
  /** Default: the file's name and SHA-256. */
  readonly origin?: string;
  /** A value or node of the graph. Default: its one output. */
  readonly output?: string;
  /** Default: `average` for a map; tokens must be told; a vector needs none. */
  readonly pool?: Pool;
  /** Its size is fitted to the network's. Default `crop-bicubic`. */
  readonly recipe?: Recipe;
  /** Must be given for a network that takes floating-point numbers. */
  readonly preprocessing?: Preprocessing;
  /** Side of the input, pixels, where the network leaves it open. */
  readonly size?: number;
  /** Default: `name`. */
  readonly title?: string;
  /** Default `unknown`. */
  readonly licence?: string;
}

/** A network that passed its self-test. */
export interface ImportedNetwork {
  readonly draft: BackboneDraft;
  /** Sentences for whoever imports it. */
  readonly notes: readonly string[];
  readonly facts: SelfTestFacts;
}

/**
 * Makes a backbone of any ONNX network that takes pictures: what is not needed for the output is cut off, preprocessing
 * goes in front, pooling behind, the batch axis is opened, and the result is tried in a process of its own.
 *
 * @throws BadInput with what is in the way; EngineUnavailable where the network cannot be run here.
 * @example
 * await importOnnx({ bytes, shown: 'resnet50.onnx', name: 'resnet50', preprocessing: readPreprocessing({ preprocessing: 'imagenet' }) });
 */
export async function importOnnx(request: OnnxImport): Promise<ImportedNetwork> {
  const { bytes, shown, name, preprocessing = {}, recipe = CROP_BICUBIC } = request;
  const model = openModel(bytes, shown);
  const output = chooseOutput(model.graph, request.output, shown);
  const network = keepOnlyFor(model.graph, output);
  const input = readInput(onlyInput(network, shown), {
    shown,
    size: request.size,
    layout: preprocessing.layout,
  });
  checkPreprocessing(input, preprocessing, shown);
  const fed = feedWithBytes(network, input, preprocessing);
  const trial = await tryNetwork({ onnx: encodeModel({ ...model, graph: fed }), size: input.size, shown });
  const pooling = buildPooling({ ...trial, value: output, layout: input.layout, pool: request.pool, shown });
  const draft: BackboneDraft = {
    name,
    title: request.title ?? name,
    dimensions: pooling.dimensions,
    inputSize: input.size,
    recipe: fitRecipe(recipe, input.size),
    licence: request.licence ?? 'unknown',
    origin:
      request.origin ?? `${basename(shown)}, SHA-256 ${createHash('sha256').update(bytes).digest('hex')}`,
    onnx: encodeModel({ ...model, graph: finish(fed, pooling, pooling.dimensions) }),
  };
  const facts = await selfTestNetwork({ ...draft, mend: 'Check --output, --pool and --preprocessing.' });
  const hint =
    request.output === undefined ? hintAtClassScores(network, output, pooling.dimensions) : undefined;
  return { draft, notes: hint === undefined ? [] : [hint], facts };
}

function onlyInput({ input }: OnnxGraph, shown: string): OnnxValue {
  const [only] = input;
  if (only !== undefined && input.length === 1) return only;
  const names = input.map(({ name }) => name).join(', ');
  throw new BadInput(
    only === undefined
      ? `${shown}: the output depends on no input: choose another with --output.`
      : `${shown}: the output depends on ${input.length} inputs (${names}): expected pictures alone. ` +
          'Export the image encoder, or choose an --output that needs nothing else.',
  );
}

function checkPreprocessing(input: NetworkInput, { normalisation }: Preprocessing, shown: string): void {
  if (input.type !== 'uint8' && normalisation === undefined)
    throw new BadInput(
      `${shown}: input "${input.name}" takes ${input.type} numbers and does not say how pixels become them: add ` +
        `--preprocessing ${PREPROCESSINGS.join(', ').replace(/, (?=[^,]*$)/, ' or ')}, or --mean, --std and --scale.`,
    );
  if (input.type === 'uint8' && normalisation !== undefined)
    throw new BadInput(
      `${shown}: input "${input.name}" takes bytes, so its preprocessing is inside already: leave out ` +
        '--preprocessing, --mean, --std and --scale.',
    );
}

/** The network behind an input of uint8 RGB `[N,S,S,3]`. */
function feedWithBytes(network: OnnxGraph, input: NetworkInput, preprocessing: Preprocessing): OnnxGraph {
  const declare = (name: string) => [makeValue(name, DATA_TYPE.uint8, ['N', input.size, input.size, 3])];
  const name = freshName(network, 'image');
  const { node, initializer, result } = buildNormalisation(name, input, preprocessing);
  const last = node.at(-1);
  if (last === undefined) return { ...network, input: declare(input.name) };
  const renamed = { ...last, output: last.output.map((value) => (value === result ? input.name : value)) };
  return {
    ...network,
    input: declare(name),
    node: [...node.slice(0, -1), renamed, ...network.node],
    initializer: [...initializer, ...network.initializer],
  };
}

/** The network before float32 `[N,D]`. */
function finish(network: OnnxGraph, { node, initializer, result }: GraphPart, dimensions: number): OnnxGraph {
  return {
    ...network,
    node: [...network.node, ...node],
    initializer: [...network.initializer, ...initializer],
    output: [makeValue(result, DATA_TYPE.float, ['N', dimensions])],
  };
}
