import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { BadInput } from '../../errors/graft-error.js';
import { packageRoot } from '../../runs/package-root.js';
import type { ConvertedVgg, ConvertVggTask } from './convert-vgg.js';
import { damagedWeights } from './read-keras-weights.js';

/** Bad input is an answer, because an error's class does not survive the way between threads. */
export type ConvertVggAnswer =
  | { readonly kind: 'network'; readonly network: ConvertedVgg }
  | { readonly kind: 'bad-input'; readonly message: string };

const MAIN = join(packageRoot, 'dist/backbones/keras/vgg-thread-main.js');

/** VGG19 takes two seconds; a damaged file can keep HDF5 busy for ever. */
const LIMIT_MS = 60_000;

/**
 * {@link convertVgg} in a thread of its own: what a damaged file does to the HDF5 library (it aborts, or does not come
 * to an end) ends with the thread, and so does the memory.
 *
 * @param limitMs after which the file counts as damaged. Default: a minute.
 * @throws BadInput
 */
export async function convertInThread(task: ConvertVggTask, limitMs = LIMIT_MS): Promise<ConvertedVgg> {
  const worker = new Worker(MAIN, { workerData: task, stdout: true, stderr: true });
  try {
    const answer = await firstAnswer(worker, task, limitMs);
    if (answer.kind === 'network') return answer.network;
    throw new BadInput(answer.message);
  } finally {
    await worker.terminate();
  }
}

function firstAnswer(worker: Worker, { shown }: ConvertVggTask, limitMs: number): Promise<ConvertVggAnswer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(damagedWeights(shown, new Error(`no end after ${limitMs / 1000} s`))),
      limitMs,
    );
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`The thread that reads ${shown} ended with code ${code} and no answer.`));
    });
  });
}
