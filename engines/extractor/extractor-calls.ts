import { GraftError } from '../../errors/graft-error.js';
import { EngineUnavailable } from '../engine-unavailable.js';
import type { FromExtractor, ToExtractor } from './extractor-messages.js';
import { type ExtractedImage, ExtractorCrashed, type ExtractionResult } from '../feature-extractor.js';
import type { ExtractOptions } from '../batching/micro-batches.js';
import { asQueue, type PictureQueue, type Pictures } from '../batching/picture-queue.js';
import { createPictureWindow } from './picture-window.js';

/** The calls that one extractor process is working on, seen from its parent. */
export interface ExtractorCalls {
  readonly extract: (pictures: Pictures, options?: ExtractOptions) => Promise<ExtractionResult>;
  receive(message: FromExtractor): void;
  /** Rejects every call, and every later one, with `reason`; the first reason stays and is given back. */
  end(reason: GraftError): GraftError;
  /** Pictures of the calls that are open. */
  readonly pictures: number;
  /** Pictures of a call are being read: the process may be waiting for them. */
  readonly isReading: boolean;
}

interface OpenCall {
  readonly pictures: PictureQueue;
  readonly giveUp: (reason: unknown) => void;
  readonly resolve: (result: ExtractionResult) => void;
  readonly reject: (reason: unknown) => void;
  readonly onProgress: ((done: number) => void) | undefined;
}

/** Pictures that are read, or on their way to the process, in bytes: some hundred photographs as telephones make them fit. */
const WINDOW_BYTES = 64 * 2 ** 20;

/** Keeps account of calls; `send` hands a message to the process. */
export function createExtractorCalls(send: (message: ToExtractor) => void): ExtractorCalls {
  const open = new Map<number, OpenCall>();
  const window = createPictureWindow(WINDOW_BYTES, (call, index, bytes) =>
    send({ kind: 'picture', call, index, bytes }),
  );
  let lastCall = 0;
  let readingWanted = 0;
  let ended: GraftError | undefined;

  const close = (call: number): OpenCall | undefined => {
    const closed = open.get(call);
    open.delete(call);
    window.drop(call);
    return closed;
  };

  const extract = async (
    pictures: Pictures,
    { signal, onProgress }: ExtractOptions = {},
  ): Promise<ExtractionResult> => {
    signal?.throwIfAborted();
    if (ended !== undefined) throw ended;
    const call = ++lastCall;
    const queue = asQueue(pictures);
    const giveUp = (reason: unknown) => {
      send({ kind: 'drop', call });
      close(call)?.reject(reason);
    };
    const onAbort = () => giveUp(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await new Promise((resolve, reject) => {
        open.set(call, { pictures: queue, giveUp, resolve, reject, onProgress });
        const { count, files } = queue;
        send({ kind: 'call', call, count, ...(files !== undefined && { files }) });
        if (files === undefined) window.add(call, queue, giveUp);
      });
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  };

  /** The process asks for a file that it cannot read, or that has changed: the queue knows better, or knows why. */
  const readWanted = async (call: number, index: number): Promise<void> => {
    const wantedBy = open.get(call);
    if (wantedBy === undefined) return;
    readingWanted++;
    try {
      const bytes = await wantedBy.pictures.read(index);
      if (open.has(call)) send({ kind: 'picture', call, index, bytes });
    } catch (error) {
      if (open.has(call)) wantedBy.giveUp(error);
    } finally {
      readingWanted--;
    }
  };

  const end = (reason: GraftError): GraftError => {
    ended ??= reason;
    for (const call of [...open.keys()]) close(call)?.reject(ended);
    return ended;
  };

  const receive = (message: FromExtractor): void => {
    switch (message.kind) {
      case 'ready':
        break;
      case 'unavailable':
        end(new EngineUnavailable(message.message));
        break;
      case 'taken':
        window.taken(message.call, message.bytes);
        break;
      case 'wanted':
        void readWanted(message.call, message.index);
        break;
      case 'progress':
        open.get(message.call)?.onProgress?.(message.done);
        break;
      case 'result':
        close(message.call)?.resolve(copyVectors(message.result));
        break;
      case 'failed':
        close(message.call)?.reject(failureOf(message));
        break;
    }
  };

  return {
    extract,
    receive,
    end,
    get pictures() {
      return [...open.values()].reduce((sum, { pictures }) => sum + pictures.count, 0);
    },
    get isReading() {
      return window.isReading || readingWanted > 0;
    },
  };
}

function failureOf({
  type,
  message,
  retryable,
}: Extract<FromExtractor, { readonly kind: 'failed' }>): GraftError {
  if (type === 'ExtractorCrashed') return new ExtractorCrashed(message);
  if (type === 'EngineUnavailable') return new EngineUnavailable(message);
  return new GraftError(message, { retryable });
}

/** Vectors arrive as views of one message: each gets memory of its own, so that none keeps all the others. */
function copyVectors({ images, seconds }: ExtractionResult): ExtractionResult {
  const own = (image: ExtractedImage): ExtractedImage =>
    image.kind === 'feature' ? { kind: 'feature', vector: image.vector.slice() } : image;
  return { images: images.map(own), seconds };
}
