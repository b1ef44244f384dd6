import { expect, test } from 'vitest';
import { EXIT } from '../../cli/exit-codes.js';
import { runGraft } from '../support/graft-command.js';
import { temporaryFolder } from '../support/temporary-folder.js';

test('graft worker without a server says so and ends', async () => {
  const { code, stderr } = await runGraft(['worker'], {
    folder: await temporaryFolder(),
    temporalCli: '',
    environment: { TEMPORAL_ADDRESS: '127.0.0.1:1' },
  });
  expect(stderr).toContain('No Temporal server answers at 127.0.0.1:1');
  expect(code).toBe(EXIT.unavailable);
});
