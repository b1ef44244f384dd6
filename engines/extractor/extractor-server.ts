import { GraftError } from '../../errors/graft-error.js';
import { EngineUnavailable } from '../engine-unavailable.js';
import { ExtractorCrashed } from '../feature-extractor.js';
import type { FromExtractor, ToExtractor } from './extractor-messages.js';
import { createLocalExtractor, type LocalExtractor } from './local-extractor.js';
import { readFiles } from './read-files.js';
import { createWaitingRoom, type WaitingRoom } from './waiting-room.js';

/** Answers the messages of one parent. */
export interface ExtractorServer {
  receive(message: Exclude<ToExtractor, { readonly kind: 'open' }>): void;
}

interface OpenCall {
  readonly room: WaitingRoom;
  readonly stop: AbortController;
}

/** Opens the extractor that the parent asked for; throws EngineUnavailable where it cannot be opened. */
export async function openExtractorServer(
  { backbone, options }: Extract<ToExtractor, { readonly kind: 'open' }>,
  send: (message: FromExtractor, sent?: () => void) => void,
): Promise<ExtractorServer> {
  const extractor = await createLocalExtractor(backbone, options);
  send({ kind: 'ready' });
  return createServer(extractor, send);
}

function createServer(
  extractor: LocalExtractor,
  send: (message: FromExtractor, sent?: () => void) => void,
): ExtractorServer {
  const calls = new Map<number, OpenCall>();

  const serve = async ({ call, count, files }: Extract<ToExtractor, { readonly kind: 'call' }>) => {
    const room = createWaitingRoom(count, (bytes) => send({ kind: 'taken', call, bytes }));
    const ask = (index: number) => send({ kind: 'wanted', call, index });
    const reader = files === undefined ? undefined : readFiles(files, room, ask);
    const stop = new AbortController();
    calls.set(call, { room, stop });
    try {
      const onProgress = (done: number) => send({ kind: 'progress', call, done });
      const result = await extractor.extractQueue(reader ?? room, { signal: stop.signal, onProgress });
      const seconds = { ...result.seconds, ...(reader !== undefined && { read: reader.readSeconds }) };
      send({ kind: 'result', call, result: { ...result, seconds } });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const retryable = !(error instanceof GraftError) || error.retryable;
      // A thread died, or its network is in trouble: the parent starts all anew.
      const sent = error instanceof ExtractorCrashed ? () => process.exit(1) : undefined;
      send({ kind: 'failed', call, message, retryable, ...typeOf(error) }, sent);
    } finally {
      room.shut(new Error('This call has ended.'));
      calls.delete(call);
    }
  };

  const drop = (call: number): void => {
    const reason = new Error('The parent dropped this call.');
    calls.get(call)?.stop.abort(reason);
    calls.get(call)?.room.shut(reason);
  };

  return {
    receive: (message) => {
      if (message.kind === 'call') void serve(message);
      else if (message.kind === 'picture') calls.get(message.call)?.room.admit(message.index, message.bytes);
      else drop(message.call);
    },
  };
}

function typeOf(error: unknown): Pick<Extract<FromExtractor, { readonly kind: 'failed' }>, 'type'> {
  if (error instanceof ExtractorCrashed) return { type: 'ExtractorCrashed' };
  return error instanceof EngineUnavailable ? { type: 'EngineUnavailable' } : {};
}
