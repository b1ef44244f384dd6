import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLogger, openLog } from '../../workers/runtime.js';
import { temporaryFolder } from '../support/temporary-folder.js';

test('the log of the workers tells an error with its message', async () => {
  const file = join(await temporaryFolder(), 'new', 'workers.log');
  createLogger(file).warn({ error: new Error('the store is away') }, 'Workflow failed');
  expect(await readFile(file, 'utf8')).toContain('the store is away');
});

test.skipIf(!existsSync('/dev/full'))('a full disk costs the log, not the run', () => {
  expect(() => openLog('/dev/full').write('a line\n')).not.toThrow();
});
