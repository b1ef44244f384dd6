import { ApplicationFailure } from '@temporalio/common';
import { WorkflowFailedError } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { EXIT, explainError } from '../../cli/exit-codes.js';
import { type RunCommandOptions, toInput } from '../../cli/run-options.js';
import { TUTORIAL, fillInTutorial, namingBothDownloads } from '../../cli/tutorial.js';
import { downloadArchive } from '../../dataset/download.js';
import { BadInput } from '../../errors/graft-error.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const OPTIONS: RunCommandOptions = { store: 'x', engine: 'onnx-cpu', ui: true };

describe('graft run tutorial', () => {
  test('is a run of food-5k through vgg16 with C = 1 and no sweep, and nothing else', () => {
    const options = fillInTutorial({ ...OPTIONS, weights: 'vgg16.h5' });
    expect(options.weights).toBe('vgg16.h5');
    expect(toInput(TUTORIAL.dataset, options)).toEqual({
      dataset: 'food-5k',
      backbone: 'vgg16',
      head: { C: 1, classWeight: 'none' },
    });
  });

  test.each([
    [{ backbone: 'efficientnet-lite0' }, '--backbone'],
    [{ C: 0.1 }, '--C'],
    [{ classWeight: 'balanced' as const }, '--class-weight'],
  ])('refuses %j, which would make it another experiment', (more, option) => {
    const act = (): unknown => fillInTutorial({ ...OPTIONS, ...more });
    expect(act).toThrow(BadInput);
    expect(act).toThrow(`${option} has no place there`);
  });
});

/** How a command ends whose work fails so. */
async function endingOf(failure: unknown) {
  const error: unknown = await namingBothDownloads(() => Promise.reject(failure as Error)).catch(
    (thrown: unknown) => thrown,
  );
  return explainError(error);
}

describe('a download that fails', () => {
  const names =
    /^The download failed: .*\. The tutorial needs .*--source Food-5K\.zip and --weights vgg16_\S+\.h5\.$/;

  test('of the weights names both options in one sentence', async () => {
    const nowhere = ['http://127.0.0.1:9/vgg16.h5'];
    const failure: unknown = await downloadArchive(nowhere, {
      folder: await temporaryFolder(),
      retries: 0,
    }).catch((error: unknown) => error);
    const { message, exitCode } = await endingOf(failure);
    expect(message).toMatch(names);
    expect(message).toContain('http://127.0.0.1:9/vgg16.h5 does not answer');
    expect(message).not.toMatch(/Graft goes on|Check the address/);
    expect(exitCode).toBe(EXIT.unavailable);
  });

  test.each(['DownloadFailed', 'BadInput'])('of the data set, in the workflow, as %s, too', async (type) => {
    const told =
      'The download failed: http://example.org answers with status 404. Check the address, or give up.';
    const cause = ApplicationFailure.nonRetryable(told, type);
    const { message, exitCode } = await endingOf(new WorkflowFailedError('failed', cause, 'FAILED' as never));
    expect(message).toMatch(names);
    expect(exitCode).toBe(EXIT.unavailable);
  });

  test('is told from every other trouble', async () => {
    const other = new BadInput('no such folder');
    await expect(namingBothDownloads(() => Promise.reject(other))).rejects.toBe(other);
  });
});
