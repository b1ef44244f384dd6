import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Backbone } from '../../backbones/backbone.js';
import type { GraftError } from '../../errors/graft-error.js';
import { packageRoot } from '../../runs/package-root.js';
import { describeExit } from '../child/describe-exit.js';
import { forkMain } from '../child/fork-main.js';
import type { ResolvedEngineOptions } from '../choice/engine-options.js';
import { createExtractorCalls, type ExtractorCalls } from './extractor-calls.js';
import { ExtractorClosed } from './extractor-closed.js';
import type { FromExtractor, ToExtractor } from './extractor-messages.js';
import { ExtractorCrashed } from '../feature-extractor.js';

/** One extractor process, from its start to its end. */
export interface ExtractorChild {
  /** Process id; `undefined` where it could not be started. */
  readonly pid: number | undefined;
  readonly extract: ExtractorCalls['extract'];
  /** Why the process ended, once it has. Never rejects. */
  readonly ended: Promise<GraftError>;
  /** Ends the process; calls under way reject with ExtractorClosed. */
  close(): Promise<void>;
}

const MAIN = join(packageRoot, 'dist/engines/extractor/extractor-process.js');

/** How long a closed process may take to leave by itself. */
const LEAVE_MS = 5_000;

/**
 * How long the process may say nothing while it has pictures and none is being read for it, in milliseconds: loading the
 * network takes a second, the largest picture some five.
 */
const SILENCE_MS = 120_000;

/** How much of what the process wrote to stderr is kept for its obituary, in characters. */
const LAST_WORDS = 2_000;

/**
 * Starts an extractor process. Whether it could open its network shows in the first call.
 *
 * @param silenceMs after so long without a word while it has pictures, the process is taken for stuck and is killed.
 * @throws EngineUnavailable where Graft is not built.
 */
export function startExtractorChild(
  backbone: Backbone,
  options: ResolvedEngineOptions,
  silenceMs = SILENCE_MS,
): ExtractorChild {
  const child = spawn(options);
  const send = (message: ToExtractor): void => {
    if (child.connected) child.send(message, () => undefined); // after a broken channel comes the exit
  };
  const calls = createExtractorCalls(send);
  const ended = watchEnd(child, calls);
  const heard = watchSilence(silenceMs, ended, () => {
    if (calls.pictures === 0 || calls.isReading) return;
    calls.end(new ExtractorCrashed(`The extractor process said nothing for ${silenceMs / 1000} seconds.`));
    child.kill('SIGKILL');
  });
  child.on('message', (message: FromExtractor) => {
    heard();
    calls.receive(message);
  });
  send({ kind: 'open', backbone, options });

  return {
    pid: child.pid,
    extract: (images, callOptions) => {
      heard();
      return calls.extract(images, callOptions);
    },
    ended,
    close: async () => {
      calls.end(new ExtractorClosed());
      if (child.connected) child.disconnect();
      const deadline = setTimeout(() => child.kill('SIGKILL'), LEAVE_MS);
      await ended;
      clearTimeout(deadline);
    },
  };
}

/** The process leaves when its channel closes, and that happens even if the parent is killed. */
const spawn = ({ decoders, spareThreads }: ResolvedEngineOptions): ChildProcess =>
  forkMain(MAIN, {
    stderr: 'pipe',
    env: {
      UV_THREADPOOL_SIZE: String(decoders + spareThreads),
      MALLOC_ARENA_MAX: '2', // glibc's arenas, one a thread, otherwise keep the memory of every large picture
    },
  });

/** Calls `onSilence` whenever the function that it returns has not been called for `silenceMs`, until `ended`. */
function watchSilence(silenceMs: number, ended: Promise<unknown>, onSilence: () => void): () => void {
  const timer = setInterval(onSilence, silenceMs).unref();
  void ended.then(() => clearInterval(timer));
  return () => void timer.refresh();
}

function watchEnd(child: ChildProcess, calls: ExtractorCalls): Promise<GraftError> {
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS);
  });
  return new Promise((resolve) => {
    const end = (how: string) => {
      const cause = lastWords === '' ? undefined : new Error(lastWords.trim());
      const message = `The extractor process ${how} with ${calls.pictures} pictures at hand.`;
      resolve(calls.end(new ExtractorCrashed(message, { cause })));
    };
    child.on('error', (error) => {
      end(`failed (${error.message})`);
      if (child.connected) child.disconnect();
    });
    child.once('exit', (code, signal) => end(describeExit(code, signal)));
  });
}
