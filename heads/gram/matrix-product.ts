import type { InferenceSession } from 'onnxruntime-node';
import { makeGraph, makeModel, makeNode, makeValue } from '../../backbones/onnx/build.js';
import { encodeModel } from '../../backbones/onnx/codec.js';
import { DATA_TYPE } from '../../backbones/onnx/model.js';
import { EngineUnavailable } from '../../engines/engine-unavailable.js';

/** Rows of float64 numbers of one length, one after the other. */
export interface Rows {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** Multiplies float64 matrices by onnxruntime's GEMM, which JavaScript would take 20 times as long for. */
export interface MatrixProduct {
  /** `a · bᵀ`, row-major, `a.rows × b.rows`. Computes on the calling thread. */
  multiply(a: Rows, b: Rows): Promise<Float64Array>;
}

const opened = new Map<number, Promise<MatrixProduct>>();

/**
 * Opens it once for each number of threads and keeps it: it holds no matrix.
 *
 * @param threads of onnxruntime, this one included. Default 0: as many as there are cores.
 * @throws EngineUnavailable where onnxruntime does not load.
 */
export function openMatrixProduct(threads = 0): Promise<MatrixProduct> {
  const known = opened.get(threads) ?? createMatrixProduct(threads);
  opened.set(threads, known);
  return known;
}

async function createMatrixProduct(threads: number): Promise<MatrixProduct> {
  const { InferenceSession: sessions, Tensor } = await import('onnxruntime-node').catch((cause: unknown) => {
    throw new EngineUnavailable('onnxruntime does not load on this machine.', { cause });
  });
  const session: InferenceSession = await sessions.create(productNetwork(), {
    intraOpNumThreads: threads,
    // What is multiplied is large and of few shapes: an arena would keep the largest of each.
    enableCpuMemArena: false,
    // Between two products this thread computes alone.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  return {
    async multiply(a, b) {
      const result = new Float64Array(a.rows * b.rows);
      const tensor = ({ data, rows, columns }: Rows) => new Tensor('float64', data, [rows, columns]);
      const product = new Tensor('float64', result, [a.rows, b.rows]);
      await session.run({ a: tensor(a), b: tensor(b) }, { product });
      return result;
    },
  };
}

/** A network of one operator, `a · bᵀ` of any shapes. */
function productNetwork(): Uint8Array {
  const value = (name: string, rows: string, columns: string) =>
    makeValue(name, DATA_TYPE.double, [rows, columns]);
  return encodeModel(
    makeModel(
      makeGraph('product', {
        node: [makeNode('Gemm', ['a', 'b'], 'product', { transB: 1 })],
        initializer: [],
        input: [value('a', 'm', 'k'), value('b', 'n', 'k')],
        output: [value('product', 'm', 'n')],
      }),
    ),
  );
}
