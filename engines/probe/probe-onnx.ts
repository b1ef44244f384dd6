import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BadInput } from '../../errors/graft-error.js';
import { EngineUnavailable } from '../engine-unavailable.js';
import { startProbeChild } from './probe-child.js';
import type { FromProbe, ProbeFeeds, ProbeOutputs, ProbeSurface } from './probe-messages.js';

export interface ProbeOptions {
  /** What a message calls the network. Default: the file's path, or `the network`. */
  readonly shown?: string;
  /** How long opening it, and each run, may take, in milliseconds. Default 120,000. */
  readonly limitMs?: number;
  /** Threads for the network. Default: onnxruntime's, one a physical core. */
  readonly threads?: number;
}

/** A network that is loaded in a process of its own. */
export interface OnnxProbe extends ProbeSurface {
  /** Id of that process. */
  readonly pid: number | undefined;
  /**
   * Runs the network once; calls wait for one another.
   *
   * @param outputs names of the outputs wanted. Default: all.
   * @throws BadInput where onnxruntime refuses to; EngineUnavailable where the process dies or takes too long.
   */
  run(feeds: ProbeFeeds, outputs?: readonly string[]): Promise<ProbeOutputs>;
  close(): Promise<void>;
}

/** Reading and preparing a network of 500 MB takes some seconds, on a busy machine some more. */
const LIMIT_MS = 120_000;

/** The first words of onnxruntime's explanation say what is wrong; then come paths of its own sources. */
const MOST_EXPLANATION = 240;

/**
 * Loads any ONNX file with onnxruntime's processor engine in a child process, once for many runs: whatever the file does
 * there, this process goes on.
 *
 * @param network path of the file, or its bytes, which then go through a temporary file.
 * @throws BadInput where onnxruntime refuses the file; EngineUnavailable where it does not load here, dies or takes too
 *   long.
 * @example
 * const probe = await openOnnxProbe('resnet50.onnx');
 * const { features } = await probe.run({ image: { dims: [1, 224, 224, 3], data: pixels } });
 * await probe.close();
 */
export async function openOnnxProbe(
  network: string | Uint8Array,
  options: ProbeOptions = {},
): Promise<OnnxProbe> {
  if (typeof network === 'string') return openFile(network, options);
  const folder = await mkdtemp(join(tmpdir(), 'graft-probe-'));
  try {
    const file = join(folder, 'network.onnx');
    await writeFile(file, network);
    return await openFile(file, { shown: 'the network', ...options });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** {@link openOnnxProbe} for one run: opens, runs, closes. */
export async function probeOnnx({
  network,
  feeds,
  outputs,
  ...options
}: ProbeOptions & {
  readonly network: string | Uint8Array;
  readonly feeds: ProbeFeeds;
  readonly outputs?: readonly string[];
}): Promise<ProbeSurface & { readonly results: ProbeOutputs }> {
  const probe = await openOnnxProbe(network, options);
  try {
    const results = await probe.run(feeds, outputs);
    return { inputs: probe.inputs, outputs: probe.outputs, results };
  } finally {
    await probe.close();
  }
}

async function openFile(file: string, options: ProbeOptions): Promise<OnnxProbe> {
  const { shown = file, limitMs = LIMIT_MS, threads } = options;
  const child = startProbeChild(shown, limitMs);
  try {
    const { surface } = expectKind('opened', await child.ask({ kind: 'open', file, threads }), shown);
    return {
      ...surface,
      pid: child.pid,
      run: async (feeds, outputs) =>
        expectKind('ran', await child.ask({ kind: 'run', feeds, outputs }), shown).outputs,
      close: () => child.close(),
    };
  } catch (error) {
    await child.close();
    throw error;
  }
}

function expectKind<K extends FromProbe['kind']>(
  kind: K,
  reply: FromProbe,
  shown: string,
): Extract<FromProbe, { readonly kind: K }> {
  if (reply.kind === kind) return reply as Extract<FromProbe, { readonly kind: K }>;
  if (reply.kind === 'refused')
    throw new BadInput(`${shown} cannot be run by onnxruntime: ${shorten(reply.message)}`, {
      cause: new Error(reply.message),
    });
  throw new EngineUnavailable(
    `onnxruntime does not load on this machine (${process.platform} ${process.arch}, Node ${process.version}). ` +
      'It needs Linux with glibc on x64 or arm64, macOS on arm64, or Windows on x64.',
    { cause: reply.kind === 'unavailable' ? new Error(reply.message) : undefined },
  );
}

/** onnxruntime's own words, on one line, without the places in its sources. */
function shorten(explanation: string): string {
  const line = explanation
    .replace(/\s+/g, ' ')
    .replace(/^Load model from \S+ failed: ?/, '')
    .replace(/\S*onnxruntime_src\S*:\d+ ?/g, '')
    .trim();
  const text = line.length > MOST_EXPLANATION ? `${line.slice(0, MOST_EXPLANATION)}…` : line;
  return /[.…]$/.test(text) ? text : `${text}.`;
}
