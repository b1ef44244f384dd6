import { ApplicationFailure } from '@temporalio/activity';
import type { ActivityExecuteInput } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { ImageChanged } from '../../activities/batch-pictures.js';
import { typedFailures } from '../../activities/typed-failures.js';
import { ExtractorCrashed } from '../../engines/feature-extractor.js';
import { BadInput, type GraftError } from '../../errors/graft-error.js';
import { StoreUnavailable } from '../../storage/object-store.js';

const INPUT: ActivityExecuteInput = { args: [], headers: {} };

const execute = (activity: () => Promise<unknown>): Promise<unknown> =>
  typedFailures.execute?.(INPUT, activity) ?? Promise.reject(new Error('there is no interceptor'));

const failureOf = (error: unknown): Promise<unknown> =>
  execute(() => Promise.reject(error as Error)).catch((thrown: unknown) => thrown);

test.each<[GraftError, string, boolean]>([
  [new BadInput('wrong'), 'BadInput', true],
  [new ImageChanged('another picture'), 'ImageChanged', true],
  [new StoreUnavailable('busy'), 'StoreUnavailable', false],
  [new ExtractorCrashed('killed'), 'ExtractorCrashed', false],
])(
  '%s becomes a failure of its class, and says whether a retry can help',
  async (error, type, nonRetryable) => {
    const failure = await failureOf(error);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type, nonRetryable, message: error.message });
  },
);

test('the cause stays with the failure', async () => {
  const cause = new Error('ECONNREFUSED');
  expect(await failureOf(new StoreUnavailable('busy', { cause }))).toMatchObject({ cause });
});

test('errors that are not Graft’s, cancellation among them, pass as they are', async () => {
  const error = new TypeError('a bug');
  expect(await failureOf(error)).toBe(error);
});

test('results pass as they are', async () => {
  const result = { images: 3 };
  expect(await execute(() => Promise.resolve(result))).toBe(result);
});
