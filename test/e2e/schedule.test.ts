import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { listTypedSources } from '../../infra/typed-sources.js';
import { runGraft } from '../support/graft-command.js';
import { needs, testWith } from '../support/needs.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const TIMEOUT = 120_000;

testWith(
  [needs.temporalCli],
  'a schedule outlives the command that made it, and its workers may read the folder that was typed',
  async ([temporalCli = '']) => {
    const folder = await realpath(await temporaryFolder());
    const schedule = (...args: string[]) => runGraft(['schedule', ...args], { folder, temporalCli });
    const create = (source: string) =>
      schedule('create', 'birds', '--dataset', 'birds', '--source', source, '--every', '6h');
    const source = join(folder, 'birds');

    expect(await create('./birds')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`--source ${source} does not exist`) as string,
    });
    await mkdir(source);
    expect(await create('./birds')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('only while graft up') as string,
    });
    expect(await listTypedSources(join(folder, 'graft-data/.temporal'))).toEqual([source]);
    expect(await create('./birds')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is a schedule "birds" already') as string,
    });

    const { stdout } = await schedule('describe', 'birds', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      input: { dataset: 'birds', source, onFailedBatches: 'fail' },
    });
    expect(await schedule('delete', 'birds')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Deleted the schedule birds: every 6h') as string,
    });
    expect((await schedule('list')).stdout).toContain('No schedules yet');
  },
  TIMEOUT,
);
