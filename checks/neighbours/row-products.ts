import type { InferenceSession } from 'onnxruntime-node';
import { makeGraph, makeModel, makeNode, makeValue } from '../../backbones/onnx/build.js';
import { encodeModel } from '../../backbones/onnx/codec.js';
import { DATA_TYPE } from '../../backbones/onnx/model.js';
import type { Matrix } from '../../heads/head.js';

/** `a · bᵀ`: the inner product of every row of `a` with every row of `b`, float32, rows of `a` × rows of `b`. */
export type MultiplyRows = (a: Matrix, b: Matrix) => Promise<Float32Array>;

/**
 * Products of rows by onnxruntime, on its threads. The event loop stands still during a product (30 ms for two blocks of
 * 1,024 × 1,280) and turns between two, so that heartbeats go on.
 */
export interface RowProducts {
  readonly multiply: MultiplyRows;
  close(): Promise<void>;
}

/**
 * Opens onnxruntime with a network of one operator, `Gemm`: about fifty times as fast as a loop over typed arrays.
 *
 * @param threads default: all cores.
 */
export async function openRowProducts(threads?: number): Promise<RowProducts> {
  const { InferenceSession, Tensor, env } = await import('onnxruntime-node');
  env.logLevel = 'error';
  const session: InferenceSession = await InferenceSession.create(productNetwork(), {
    ...(threads !== undefined && { intraOpNumThreads: threads }),
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  const toTensor = ({ data, rows, columns }: Matrix) => new Tensor('float32', data, [rows, columns]);
  return {
    multiply: async (a, b) => {
      const { products } = await session.run({ a: toTensor(a), b: toTensor(b) });
      if (products?.data instanceof Float32Array) return products.data;
      throw new TypeError('onnxruntime gave no float32 products');
    },
    close: () => session.release(),
  };
}

function productNetwork(): Uint8Array {
  const graph = makeGraph('row-products', {
    node: [makeNode('Gemm', ['a', 'b'], 'products', { transB: 1 })],
    initializer: [],
    input: [makeValue('a', DATA_TYPE.float, ['m', 'd']), makeValue('b', DATA_TYPE.float, ['n', 'd'])],
    output: [makeValue('products', DATA_TYPE.float, ['m', 'n'])],
  });
  return encodeModel(makeModel(graph));
}
