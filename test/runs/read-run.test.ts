import { expect, test } from 'vitest';
import { type RecordedRun, findRun, matchRuns, readRun } from '../../runs/read-run.js';
import { keys } from '../../storage/keys.js';
import { createFileStore } from '../../storage/file-store.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const run = (runId: string, workflowId: string): RecordedRun => ({
  runId,
  workflowId,
  startedAt: '2026-11-24T04:10:26.000Z',
  input: { dataset: 'sample' },
  settings: {} as RecordedRun['settings'],
});

const RUNS = [run('01a20b-1', 'nightly'), run('01a20b-2', 'nightly'), run('01a20c-3', 'w1')];

test.each([
  ['last', ['01a20c-3']],
  ['01a20b-1', ['01a20b-1']],
  ['01a20b', ['01a20b-1', '01a20b-2']],
  ['nightly', ['01a20b-2']],
  ['w1', ['01a20c-3']],
  ['w', []],
])('%s may mean the runs %j', (reference, expected) => {
  expect(matchRuns(RUNS, reference).map(({ runId }) => runId)).toEqual(expected);
});

test('a workflow that was started from the Temporal CLI is found by its own id', async () => {
  const store = createFileStore(await temporaryFolder());
  for (const recorded of RUNS)
    await store.replace(keys.runInput(recorded.runId), Buffer.from(JSON.stringify(recorded)));
  await expect(findRun(store, 'w1')).resolves.toMatchObject({ runId: '01a20c-3' });
  await expect(readRun(store, 'w1')).rejects.toThrow('Run 01a20c-3 has not ended.');
  await expect(findRun(store, 'w2')).rejects.toThrow('No run "w2" in');
  await expect(findRun(store, '01a20b')).rejects.toThrow('begins 2 run ids');
});
