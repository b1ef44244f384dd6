import { makeGraph, makeModel, makeNode, makeTensor, makeValue } from '../../../backbones/onnx/build.js';
import { encodeModel } from '../../../backbones/onnx/codec.js';
import { DATA_TYPE, type OnnxModel, type OnnxNode, type OnnxTensor } from '../../../backbones/onnx/model.js';
import type { OnnxImport } from '../../../backbones/import/import-onnx.js';

/** Side of the tiny networks' pictures. */
export const SIDE = 8;

interface Parts {
  readonly node?: readonly OnnxNode[];
  readonly initializer?: readonly OnnxTensor[];
  readonly type?: number;
  readonly shape?: readonly (number | string)[];
  readonly outputs?: readonly string[];
  readonly outputType?: number;
}

/** A network around some operators that read `x`; by default it gives its input flattened, `y`. */
export function makeNetwork({
  node = [makeNode('Flatten', ['x'], 'y')],
  initializer = [],
  type = DATA_TYPE.float,
  shape = ['N', 3, SIDE, SIDE],
  outputs = ['y'],
  outputType = DATA_TYPE.float,
}: Parts = {}): OnnxModel & { graph: NonNullable<OnnxModel['graph']> } {
  const graph = makeGraph('tiny', {
    node: [...node],
    initializer: [...initializer],
    input: [makeValue('x', type, shape)],
    output: outputs.map((name) => ({ name, type: { tensorType: { elemType: outputType } } })),
  });
  return { ...makeModel(graph), graph };
}

/** A 1×1 convolution from `x` to a map `y` of two channels: red − green, and blue. */
export const CONVOLUTION = {
  node: [makeNode('Conv', ['x', 'kernel'], 'y')],
  initializer: [makeTensor('kernel', [2, 3, 1, 1], Float32Array.of(1, -1, 0, 0, 0, 1))],
};

/** What an import of a tiny network is asked; pixels reach it as they are. */
export const asImport = (model: OnnxModel, wishes: Partial<OnnxImport> = {}): OnnxImport => ({
  bytes: encodeModel(model),
  shown: 'tiny.onnx',
  name: 'tiny',
  preprocessing: { normalisation: { scale: 1, mean: [0, 0, 0], std: [1, 1, 1] } },
  ...wishes,
});
