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

/** The same of float32 numbers. */
export interface SingleRows {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/**
 * Multiplies matrices by onnxruntime, which JavaScript would take 20 times as long for. The event loop stands still during a
 * product (30 ms for `a · bᵀ` of 1,024 × 1,280 numbers each) and turns between two.
 */
export interface MatrixProduct {
  /** `a · bᵀ` in float64, row-major, `a.rows × b.rows`. Computes on the calling thread. */
  multiply(a: Rows, b: Rows): Promise<Float64Array>;
  /** `a · b` in float32, `b` having `a.columns` rows: in less than half of the time. */
  multiplySingle(a: SingleRows, b: Float32Array): Promise<Float32Array>;
  /** `a · bᵀ` in float32, row-major, `a.rows × b.rows`. */
  multiplySingleRows(a: SingleRows, b: SingleRows): Promise<Float32Array>;
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
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    // What is multiplied is large and of few shapes: an arena would keep the largest of each.
    enableCpuMemArena: false,
    // Between two products this thread computes alone.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
  const session = await sessions.create(productNetwork(DATA_TYPE.double), options);
  const singleRows = await sessions.create(productNetwork(DATA_TYPE.float), options);
  const single = await sessions.create(singleProductNetwork(), options);
  return {
    async multiply(a, b) {
      const result = new Float64Array(a.rows * b.rows);
      const tensor = ({ data, rows, columns }: Rows) => new Tensor('float64', data, [rows, columns]);
      const product = new Tensor('float64', result, [a.rows, b.rows]);
      await session.run({ a: tensor(a), b: tensor(b) }, { product });
      return result;
    },
    async multiplySingle(a, b) {
      const width = b.length / a.columns;
      const result = new Float32Array(a.rows * width);
      const product = new Tensor('float32', result, [a.rows, width]);
      const feeds = {
        a: new Tensor('float32', a.data, [a.rows, a.columns]),
        b: new Tensor('float32', b, [a.columns, width]),
      };
      await single.run(feeds, { product });
      return result;
    },
    async multiplySingleRows(a, b) {
      const result = new Float32Array(a.rows * b.rows);
      const tensor = ({ data, rows, columns }: SingleRows) => new Tensor('float32', data, [rows, columns]);
      const product = new Tensor('float32', result, [a.rows, b.rows]);
      await singleRows.run({ a: tensor(a), b: tensor(b) }, { product });
      return result;
    },
  };
}

/** A network of one operator, `a · bᵀ` of any shapes. */
function productNetwork(type: number): Uint8Array {
  const value = (name: string, rows: string, columns: string) => makeValue(name, type, [rows, columns]);
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

/** `a · b`: of a vector this operator is the faster one. */
function singleProductNetwork(): Uint8Array {
  const value = (name: string, rows: string, columns: string) =>
    makeValue(name, DATA_TYPE.float, [rows, columns]);
  return encodeModel(
    makeModel(
      makeGraph('product', {
        node: [makeNode('MatMul', ['a', 'b'], 'product')],
        initializer: [],
        input: [value('a', 'm', 'k'), value('b', 'k', 'n')],
        output: [value('product', 'm', 'n')],
      }),
    ),
  );
}
