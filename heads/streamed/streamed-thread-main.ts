import { parentPort, workerData } from 'node:worker_threads';
import { BadInput } from '../../errors/graft-error.js';
import type { Head, HeadKind, HeadSettings } from '../head.js';
import type { LabelledShard, ShardSource } from './shard-source.js';
import { type StreamedProblem, openStream } from './fit-streamed.js';

export interface StreamedThreadData {
  readonly classes: readonly string[];
  readonly memoryBytes: number;
  readonly standardise: boolean;
}

export type StreamedThreadRequest =
  /** What `pass` and `next` are answered with; no shard ends the pass. */
  | { readonly shard: LabelledShard | undefined }
  | { readonly fit: { readonly kind: HeadKind; readonly settings: HeadSettings } };

export type StreamedThreadReply =
  /** The rows are to be read from the beginning, and the first shard given. */
  | { readonly kind: 'pass' }
  | { readonly kind: 'next' }
  | { readonly kind: 'ready'; readonly problem: Pick<StreamedProblem, 'rows' | 'spread'> }
  | { readonly kind: 'head'; readonly head: Head }
  /** An error's class does not survive the way between threads. */
  | { readonly kind: 'failed'; readonly isBadInput: boolean; readonly message: string };

/** The thread that fits heads to shards which the other side reads; one thing after the other. */
async function serve(port: NonNullable<typeof parentPort>, data: StreamedThreadData): Promise<void> {
  let take: (shard: LabelledShard | undefined) => void = () => undefined;
  const reply = (message: StreamedThreadReply): void => port.postMessage(message);
  const ask = (kind: 'pass' | 'next'): Promise<LabelledShard | undefined> =>
    new Promise((resolve) => {
      take = resolve;
      reply({ kind });
    });
  const source: ShardSource = async function* () {
    for (let shard = await ask('pass'); shard !== undefined; shard = await ask('next')) yield shard;
  };
  const attempt = async (work: () => Promise<StreamedThreadReply>): Promise<void> => {
    reply(await work().catch(explain));
  };
  const { classes, ...options } = data;
  let problem: StreamedProblem | undefined;
  port.on('message', (request: StreamedThreadRequest) => {
    if ('shard' in request) {
      take(request.shard);
      return;
    }
    const { kind, settings } = request.fit;
    void attempt(async () => {
      if (problem === undefined) throw new Error('The rows were not described yet.');
      return { kind: 'head', head: await problem.fit(kind, settings) };
    });
  });
  await attempt(async () => {
    problem = await openStream(source, classes, options);
    return { kind: 'ready', problem: { rows: problem.rows, spread: problem.spread } };
  });
}

const explain = (error: unknown): StreamedThreadReply => ({
  kind: 'failed',
  isBadInput: error instanceof BadInput,
  message: error instanceof Error ? error.message : String(error),
});

if (parentPort !== null) await serve(parentPort, workerData as StreamedThreadData);
