import { GraftError } from '../../errors/graft-error.js';
import { ExtractorCrashed } from '../feature-extractor.js';
import type { FromExtractor, ToExtractor } from './extractor-messages.js';
import { createLocalExtractor, type LocalExtractor } from './local-extractor.js';
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

  const serve = async (call: number, count: number): Promise<void> => {
    const room = createWaitingRoom(count, (bytes) => send({ kind: 'taken', call, bytes }));
    const stop = new AbortController();
    calls.set(call, { room, stop });
    try {
      const onProgress = (done: number) => send({ kind: 'progress', call, done });
      const result = await extractor.extractQueue(room, { signal: stop.signal, onProgress });
      send({ kind: 'result', call, result });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const retryable = !(error instanceof GraftError) || error.retryable;
      // A thread died, or its network is in trouble: the parent starts all anew.
      const sent = error instanceof ExtractorCrashed ? () => process.exit(1) : undefined;
      send({ kind: 'failed', call, message, retryable }, sent);
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
      if (message.kind === 'call') void serve(message.call, message.count);
      else if (message.kind === 'picture') calls.get(message.call)?.room.admit(message.bytes);
      else drop(message.call);
    },
  };
}
