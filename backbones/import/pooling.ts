import { BadInput } from '../../errors/graft-error.js';
import { makeNode, makeTensor } from '../onnx/build.js';
import { DATA_TYPE, type OnnxNode, type OnnxTensor } from '../onnx/model.js';
import type { GraphPart } from './graph-part.js';
import type { Layout } from './preprocessing.js';

/**
 * How a map of features becomes one vector. `average` (also called `mean`) and `max` over positions or tokens, `cls`: the
 * first token, `flatten`: all of it.
 */
export type Pool = 'average' | 'mean' | 'max' | 'cls' | 'flatten';

/** Names that `--pool` takes. */
export const POOLS: readonly Pool[] = ['average', 'mean', 'max', 'cls', 'flatten'];

/** Reads `--pool`. @throws BadInput for another name. */
export function readPool(text: string): Pool {
  const pool = POOLS.find((candidate) => candidate === text);
  if (pool !== undefined) return pool;
  throw new BadInput(`--pool: expected one of ${POOLS.join(', ')}; received ${JSON.stringify(text)}.`);
}

/** A value that shall become the features, as a trial run gave it. */
export interface PoolingTask {
  readonly value: string;
  /** With the batch first. */
  readonly dims: readonly number[];
  /** onnxruntime's name of its type. */
  readonly type: string;
  /** The network's own, for maps that are square either way. */
  readonly layout: Layout;
  readonly pool: Pool | undefined;
  /** What a message calls the file. */
  readonly shown: string;
}

/** Operators that give float32 `[N,D]`: none where the value is that already. */
export function buildPooling(task: PoolingTask): GraphPart & { readonly dimensions: number } {
  const plan = planPooling(task);
  const node: OnnxNode[] = [];
  const initializer: OnnxTensor[] = [];
  let value = task.value;
  const append = (step: string, opType: string, others: readonly string[] = [], attributes = {}) => {
    const result = `${task.value}/graft-${step}`;
    node.push(makeNode(opType, [value, ...others], result, attributes));
    value = result;
  };
  if (task.type !== 'float32') append('float', 'Cast', [], { to: DATA_TYPE.float });
  if (plan.cls) {
    initializer.push(makeTensor(`${task.value}/graft-first`, [], BigInt64Array.of(0n)));
    append('cls', 'Gather', [`${task.value}/graft-first`], { axis: 1 });
  }
  if (plan.perm !== undefined) append('channels-first', 'Transpose', [], { perm: plan.perm });
  if (plan.global !== undefined) append('pooled', plan.global);
  if (plan.flatten) append('flat', 'Flatten', [], { axis: 1 });
  return { node, initializer, result: value, dimensions: plan.dimensions };
}

interface PoolingPlan {
  readonly dimensions: number;
  readonly cls?: true;
  readonly perm?: readonly number[];
  readonly global?: 'GlobalAveragePool' | 'GlobalMaxPool';
  readonly flatten?: true;
}

/** Global pooling instead of ReduceMean, whose axes are an attribute before opset 18 and an input since. */
function planPooling(task: PoolingTask): PoolingPlan {
  const { dims, pool } = task;
  const lengths = dims.slice(1);
  const all = lengths.reduce((product, length) => product * length, 1);
  const flat: PoolingPlan = { dimensions: all, flatten: true };
  if (lengths.length === 1 && (pool === undefined || pool === 'flatten')) return { dimensions: all };
  if (lengths.length < 2 || lengths.length > 3) throw refuse(task, poolingImpossible(lengths.length));
  if (pool === 'flatten' || Math.max(...lengths) === all) return flat;
  return lengths.length === 2 ? planTokens(task) : planMap(task);
}

const poolingImpossible = (axes: number): string =>
  axes === 1
    ? 'has nothing to pool: leave --pool out'
    : 'is no vector, no tokens and no map: choose another --output';

/** `[N,T,C]` */
function planTokens(task: PoolingTask): PoolingPlan {
  const [, , dimensions = 0] = task.dims;
  if (task.pool === 'cls') return { dimensions, cls: true };
  if (task.pool === undefined)
    throw refuse(
      task,
      'holds one vector a token: add --pool cls (the first token, which vision transformers train for the whole ' +
        'picture) or --pool mean',
    );
  return { dimensions, perm: [0, 2, 1], global: globalOf(task.pool), flatten: true };
}

/** `[N,C,H,W]` or `[N,H,W,C]` */
function planMap(task: PoolingTask): PoolingPlan {
  const { dims, pool = 'average' } = task;
  if (pool === 'cls') throw refuse(task, 'is a map and has no tokens: choose --pool average, max or flatten');
  const [, first = 0, , last = 0] = dims;
  const pooled = { global: globalOf(pool), flatten: true } as const;
  return layoutOf(task) === 'nchw'
    ? { dimensions: first, ...pooled }
    : { dimensions: last, perm: [0, 3, 1, 2], ...pooled };
}

const globalOf = (pool: Pool) => (pool === 'max' ? 'GlobalMaxPool' : 'GlobalAveragePool');

/** A square picture's map is square, which tells the axes apart whatever the network calls them. */
function layoutOf(task: PoolingTask): Layout {
  const [, a, b, c] = task.dims;
  const possible: readonly Layout[] = [
    ...(b === c ? (['nchw'] as const) : []),
    ...(a === b ? (['nhwc'] as const) : []),
  ];
  const [only] = possible;
  if (only === undefined)
    throw refuse(task, 'is a map that is not square, whose channels cannot be told: choose --pool flatten');
  return possible.length === 1 ? only : task.layout;
}

const refuse = ({ shown, value, dims }: PoolingTask, what: string): BadInput =>
  new BadInput(`${shown}: output "${value}" of [${['N', ...dims.slice(1)].join(', ')}] ${what}.`);
