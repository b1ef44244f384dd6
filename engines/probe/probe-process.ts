/**
 * Main of the probe process: runs an ONNX file that nobody has looked at yet, so that a hostile or broken one takes this
 * process and nothing else. See `openOnnxProbe`.
 */
import { Worker } from 'node:worker_threads';
import type * as onnxruntime from 'onnxruntime-node';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { offerMemory } from '../child/offer-memory.js';
import type { FromProbe, ProbeFeed, ProbeTensor, ProbeValue, ToProbe } from './probe-messages.js';

type Onnxruntime = typeof onnxruntime;

let library: Onnxruntime | undefined;
let session: InferenceSession | undefined;

offerMemory();
// onnxruntime computes on this thread.
new Worker(new URL('./leave-with-parent.js', import.meta.url), { workerData: process.ppid }).unref();

process.on('SIGINT', () => {
  // Ctrl-C reaches the whole terminal group; the parent decides and then disconnects.
});
process.on('disconnect', () => process.exit());
process.on('message', (message: ToProbe) => {
  void answer(message)
    .catch((error: unknown): FromProbe => ({ kind: 'refused', message: explain(error) }))
    .then((reply) => process.send?.(reply));
});

async function answer(message: ToProbe): Promise<FromProbe> {
  try {
    library ??= await import('onnxruntime-node');
  } catch (error) {
    return { kind: 'unavailable', message: explain(error) };
  }
  return message.kind === 'open' ? open(library, message) : run(library, message);
}

async function open(
  { env, InferenceSession }: Onnxruntime,
  { file, threads }: Extract<ToProbe, { readonly kind: 'open' }>,
): Promise<FromProbe> {
  env.logLevel = 'fatal';
  session = await InferenceSession.create(file, {
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    logSeverityLevel: 4,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  const inputs = session.inputMetadata.map(describe);
  return { kind: 'opened', surface: { inputs, outputs: session.outputMetadata.map(describe) } };
}

async function run(
  library: Onnxruntime,
  { feeds, outputs }: Extract<ToProbe, { readonly kind: 'run' }>,
): Promise<FromProbe> {
  const fed = Object.entries(feeds).map(([name, feed]) => [name, toTensor(library, feed)] as const);
  const given = Object.fromEntries(fed);
  const results = await (outputs === undefined ? session?.run(given) : session?.run(given, outputs));
  const entries = Object.entries(results ?? {}).map(([name, tensor]) => [name, fromTensor(tensor)] as const);
  return { kind: 'ran', outputs: Object.fromEntries(entries) };
}

const describe = (value: InferenceSession.ValueMetadata): ProbeValue =>
  value.isTensor
    ? { name: value.name, type: value.type, shape: value.shape }
    : { name: value.name, type: 'other', shape: [] };

function toTensor({ Tensor }: Onnxruntime, { data, dims, type }: ProbeFeed): Tensor {
  const bits = () => new Uint16Array(new Uint8Array(data as Uint8Array).buffer);
  return type === 'float16' ? new Tensor(type, bits(), dims) : new Tensor(typeOf(data), data, dims);
}

function typeOf(data: ProbeFeed['data']): Tensor.Type {
  if (data instanceof Uint8Array) return 'uint8';
  if (data instanceof Int8Array) return 'int8';
  if (data instanceof Int32Array) return 'int32';
  if (data instanceof Float32Array) return 'float32';
  return data instanceof Float64Array ? 'float64' : 'int64';
}

/** Where JavaScript has a Float16Array, onnxruntime gives that; its bits are what older ones can read. */
function fromTensor({ type, dims, data }: Tensor): ProbeTensor {
  const plain = data as ProbeTensor['data'];
  if (type !== 'float16' || !ArrayBuffer.isView(plain)) return { type, dims, data: plain };
  return { type, dims, data: new Uint16Array(plain.buffer, plain.byteOffset, plain.byteLength / 2) };
}

const explain = (error: unknown): string => (error instanceof Error ? error.message : String(error));
