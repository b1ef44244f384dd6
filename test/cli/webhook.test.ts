import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../cli/exit-codes.js';
import { runGraft } from '../support/graft-command.js';
import { needs, testWith } from '../support/needs.js';
import { writePictures } from '../support/picture-folder.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { startReceiver } from '../support/webhook-receiver.js';

describe('GRAFT_WEBHOOK_URL', () => {
  test.each([['worker'], ['up'], ['run', 'sample']])(
    'that is no address ends graft %s before anything is started',
    async (...args) => {
      const { code, stderr } = await runGraft(args, {
        folder: await temporaryFolder(),
        temporalCli: '',
        environment: { GRAFT_WEBHOOK_URL: 'hooks.example.org/a-token' },
      });
      expect(stderr).toMatch(/^graft: GRAFT_WEBHOOK_URL: expected an address that begins http.*\n$/);
      expect(stderr).not.toContain('a-token');
      expect(code).toBe(EXIT.badInput);
    },
  );

  testWith(
    [needs.temporalCli],
    'is told of runs of this machine: completed, unchanged, failed',
    async ([temporalCli = '']) => {
      const folder = await temporaryFolder();
      await writePictures(join(folder, 'pictures'), 4);
      const receiver = await startReceiver();
      const environment = { GRAFT_WEBHOOK_URL: receiver.url.href, GRAFT_WEBHOOK_SECRET: 'a secret' };
      const run = (...more: readonly string[]) =>
        runGraft(['run', 'colours', '--source', 'pictures', ...more], { folder, temporalCli, environment });
      await run();
      await run();
      await run('--positive', 'sour');
      const [first, second, third] = receiver.told();
      expect(first).toMatchObject({ event: 'finished', status: 'completed', accuracy: 1, positive: 'warm' });
      expect(second).toMatchObject({ event: 'finished', status: 'unchanged', sameAs: first?.runId });
      expect(third).toMatchObject({ event: 'failed', failureType: 'BadInput' });
      expect(receiver.received).toHaveLength(3);
    },
    120_000,
  );
});
