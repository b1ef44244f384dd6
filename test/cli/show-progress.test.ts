import { expect, test } from 'vitest';
import { showLive } from '../../cli/show-progress.js';
import { openProgress, startStage } from '../../workflows/progress.js';

test('the live list leaves Ctrl-C to the command', async () => {
  const listeners = process.listenerCount('SIGINT');
  const during: number[] = [];
  await showLive(
    (async function* () {
      await Promise.resolve();
      during.push(process.listenerCount('SIGINT'));
      yield startStage(openProgress('run-1', 'sample', 'efficientnet-lite0'), 'fetch', 0);
      during.push(process.listenerCount('SIGINT'));
    })(),
  );
  expect(during).toEqual([listeners, listeners]);
});
