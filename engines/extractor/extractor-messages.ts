import type { Backbone } from '../../backbones/backbone.js';
import type { PictureFile } from '../batching/picture-queue.js';
import type { EngineOptions } from '../choice/engine-options.js';
import type { ExtractionResult } from '../feature-extractor.js';

/**
 * What an extractor process is told, over its IPC channel in structured-clone serialisation: pictures and vectors go as
 * bytes. Calls are numbered by the parent. Pictures of a call come in order, or where they are files, only those that are
 * asked for.
 */
export type ToExtractor =
  | { readonly kind: 'open'; readonly backbone: Backbone; readonly options: EngineOptions }
  | {
      readonly kind: 'call';
      readonly call: number;
      readonly count: number;
      readonly files?: readonly PictureFile[] | undefined;
    }
  | { readonly kind: 'picture'; readonly call: number; readonly index: number; readonly bytes: Uint8Array }
  | { readonly kind: 'drop'; readonly call: number };

/** What an extractor process says. */
export type FromExtractor =
  /** The network is loaded. */
  | { readonly kind: 'ready' }
  /** The network cannot be loaded; the process ends. */
  | { readonly kind: 'unavailable'; readonly message: string }
  /** So many bytes of a call's pictures left the waiting room: more may be sent. */
  | { readonly kind: 'taken'; readonly call: number; readonly bytes: number }
  /** This picture of a call could not be read as a file. */
  | { readonly kind: 'wanted'; readonly call: number; readonly index: number }
  | { readonly kind: 'progress'; readonly call: number; readonly done: number }
  | { readonly kind: 'result'; readonly call: number; readonly result: ExtractionResult }
  | {
      readonly kind: 'failed';
      readonly call: number;
      readonly message: string;
      readonly retryable: boolean;
      /** Class of the error, where it matters to callers. */
      readonly type?: 'ExtractorCrashed' | 'EngineUnavailable';
    };
