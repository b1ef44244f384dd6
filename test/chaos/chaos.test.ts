import { describe, expect, onTestFinished } from 'vitest';
import { proveByChaos } from '../../chaos/prove.js';
import { describeResult } from '../../chaos/summary.js';
import { needs, testWith } from '../support/needs.js';
import { writePictures } from '../support/picture-folder.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** What this seed deals. */
const KINDS = ['server', 'half write', 'extractor', 'worker', 'error', 'shard'];

describe('a short chaos run', () => {
  testWith(
    [needs.temporalCli, needs.versitygw],
    'loses nothing to kills, a failing store and a corrupted shard, and does nothing again that they do not explain',
    async ([temporalCli = '', versitygw]) => {
      const interruption = new AbortController();
      let ended: Promise<unknown> = Promise.resolve();
      // Also where the test runs out of time: no process may survive it.
      onTestFinished(async () => {
        interruption.abort(new Error('the test is over'));
        await ended.catch(() => undefined);
      }, 60_000);
      const source = await temporaryFolder();
      await writePictures(source, 20);
      const said: string[] = [];
      const proof = proveByChaos({
        ...{ faults: 6, seed: 1181, stores: ['s3'], batchSize: 4 },
        // A worker that has to share its processor with other tests is silent for a while, too.
        heartbeatSeconds: 15,
        ...{ hasSmallDisk: false, tools: { temporalCli, versitygw, source, mayMount: false } },
        ...{ say: (line: string) => said.push(line), signal: interruption.signal },
      });
      ended = proof;
      const result = await proof;
      const story = [...said, ...describeResult(result, 'answered by the store')].join('\n');
      expect(
        result.checks.filter(({ holds }) => !holds),
        story,
      ).toEqual([]);
      expect(result.costs.map(({ fault }) => fault.kind)).toEqual(KINDS);
      expect(result.undisturbed.receipt).toMatchObject({ images: 120, features: 120 });
    },
    400_000,
  );
});
