import type { WorkerStatus } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { type Pollable, createTogether, runTogether, stopAll } from '../../workers/run-together.js';

/** A worker that runs until it is shut down, or until `fail` is called. */
function createFakeWorker() {
  let state: ReturnType<Pollable['getState']> = 'INITIALIZED';
  let end: (failure?: Error) => void = () => undefined;
  const worker: Pollable = {
    getState: () => state,
    run: () => {
      state = 'RUNNING';
      return new Promise<void>((resolve, reject) => {
        end = (failure) => {
          state = failure === undefined ? 'STOPPED' : 'FAILED';
          if (failure === undefined) resolve();
          else reject(failure);
        };
      });
    },
    shutdown: () => {
      if (state !== 'RUNNING') throw new Error(`Not running. Current state: ${state}`);
      end();
    },
  };
  return { worker, fail: (failure: Error) => end(failure) };
}

const stateOf = ({ worker }: { readonly worker: Pollable }): WorkerStatus['runState'] => worker.getState();

test('runs until every worker has stopped', async () => {
  const [one, other] = [createFakeWorker(), createFakeWorker()];
  const stopped = runTogether([one.worker, other.worker]);
  expect([stateOf(one), stateOf(other)]).toEqual(['RUNNING', 'RUNNING']);
  stopAll([one.worker, other.worker]);
  await stopped;
  expect([stateOf(one), stateOf(other)]).toEqual(['STOPPED', 'STOPPED']);
});

test('a worker that fails stops the others, and its error is told', async () => {
  const [one, other] = [createFakeWorker(), createFakeWorker()];
  const stopped = runTogether([one.worker, other.worker]);
  const failure = new Error('the namespace is gone');
  other.fail(failure);
  await expect(stopped).rejects.toBe(failure);
  expect(stateOf(one)).toBe('STOPPED');
});

test('stopping twice is no error', async () => {
  const { worker } = createFakeWorker();
  const stopped = runTogether([worker]);
  stopAll([worker]);
  stopAll([worker]);
  await stopped;
});

test('where one worker cannot be created, the others are put away and its error is told', async () => {
  const created = createFakeWorker();
  const failure = new Error('no such bundle');
  await expect(createTogether([Promise.resolve(created.worker), Promise.reject(failure)])).rejects.toBe(
    failure,
  );
  expect(stateOf(created)).toBe('STOPPED');
});

test('workers that could all be created are handed over, not yet running', async () => {
  const [one, other] = [createFakeWorker(), createFakeWorker()];
  const workers = await createTogether([Promise.resolve(one.worker), Promise.resolve(other.worker)]);
  expect(workers).toEqual([one.worker, other.worker]);
  expect([stateOf(one), stateOf(other)]).toEqual(['INITIALIZED', 'INITIALIZED']);
});
