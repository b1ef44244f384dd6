import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../runs/package-root.js';
import { describeExit } from '../child/describe-exit.js';
import { forkMain } from '../child/fork-main.js';
import { EngineUnavailable } from '../engine-unavailable.js';
import type { FromProbe, ToProbe } from './probe-messages.js';

/** A probe process that answers one message at a time. */
export interface ProbeChild {
  /** Process id; `undefined` where it could not be started. */
  readonly pid: number | undefined;
  /**
   * Waits for the answers before it.
   *
   * @throws EngineUnavailable where the process dies, or says nothing within the limit and is killed.
   */
  ask(message: ToProbe): Promise<FromProbe>;
  close(): Promise<void>;
}

const MAIN = join(packageRoot, 'dist/engines/probe/probe-process.js');

/** What is waited for; kept only as long, for its message may be large. */
interface Question {
  readonly answer: (reply: FromProbe) => void;
  readonly fail: (what: string) => void;
}

/**
 * Starts a probe process. It leaves when its channel closes, and that happens even if this process is killed.
 *
 * @param shown what a message calls the network.
 * @param limitMs how long one answer may take.
 */
export function startProbeChild(shown: string, limitMs: number): ProbeChild {
  const child = forkMain(MAIN);
  let open: Question | undefined;
  let end: string | undefined;
  child.on('message', (reply: FromProbe) => open?.answer(reply));
  const ended = watchEnd(child, (how) => {
    end ??= how;
    open?.fail(end);
  });

  const askOnce = async (message: ToProbe): Promise<FromProbe> => {
    const timer = setTimeout(() => {
      open?.fail(`gave no answer within ${limitMs / 1000} seconds and was ended`);
      child.kill('SIGKILL');
    }, limitMs);
    try {
      return await new Promise<FromProbe>((resolve, reject) => {
        const fail = (what: string) =>
          reject(new EngineUnavailable(`The process that tries ${shown} ${what}.`));
        open = { answer: resolve, fail };
        if (end !== undefined) fail(end);
        else if (child.connected) child.send(message, () => undefined); // after a broken channel comes the exit
      });
    } finally {
      clearTimeout(timer);
      open = undefined;
    }
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    pid: child.pid,
    ask: (message) => {
      const answer = last.then(() => askOnce(message));
      last = answer.catch(() => undefined);
      return answer;
    },
    close: async () => {
      await last;
      child.kill('SIGKILL'); // it holds nothing that it would have to put away
      await ended;
    },
  };
}

/** Resolves when the process has ended, or could not be started; `onEnd` is told how. */
function watchEnd(child: ChildProcess, onEnd: (how: string) => void): Promise<void> {
  return new Promise((resolve) => {
    const finish = (how: string): void => {
      onEnd(how);
      resolve();
    };
    child.on('error', (error) => finish(`failed (${error.message})`));
    child.once('exit', (code, signal) => finish(describeExit(code, signal)));
  });
}
