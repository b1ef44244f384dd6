import { parentPort, workerData } from 'node:worker_threads';
import { BadInput } from '../../errors/graft-error.js';
import { convertVgg, type ConvertVggTask } from './convert-vgg.js';
import type { ConvertVggAnswer } from './vgg-thread.js';

/** The thread of {@link convertInThread}: one file, one answer. */
async function answer(task: ConvertVggTask): Promise<ConvertVggAnswer> {
  try {
    return { kind: 'network', network: await convertVgg(task) };
  } catch (error) {
    if (error instanceof BadInput) return { kind: 'bad-input', message: error.message };
    throw error;
  }
}

const given = await answer(workerData as ConvertVggTask);
parentPort?.postMessage(given, given.kind === 'network' ? [given.network.onnx.buffer as ArrayBuffer] : []);
