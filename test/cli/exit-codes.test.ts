import { ApplicationFailure } from '@temporalio/common';
import { ServiceError, WorkflowFailedError } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
import { EXIT, explainError } from '../../cli/exit-codes.js';
import { BadInput, GraftError } from '../../errors/graft-error.js';

const failedWith = (type: string): WorkflowFailedError =>
  new WorkflowFailedError(
    'Workflow execution failed',
    ApplicationFailure.nonRetryable('the sentence', type),
    'FAILED' as never,
  );

describe('an error of the command', () => {
  test('that is wrong input exits with 2 and says its sentence alone', () => {
    expect(explainError(new BadInput('no such folder'))).toEqual({
      message: 'no such folder',
      exitCode: EXIT.badInput,
    });
    expect(explainError(failedWith('BadInput'))).toEqual({
      message: 'the sentence',
      exitCode: EXIT.badInput,
    });
    expect(explainError(failedWith('StoreRefused')).exitCode).toBe(EXIT.badInput);
  });

  test('that is a lost server exits with 4 and says how to go on', () => {
    for (const lost of [
      new ServiceError('Failed to get Workflow execution history'),
      Object.assign(new Error('tcp connect error'), { name: 'TransportError' }),
    ]) {
      const { message, exitCode } = explainError(lost);
      expect(exitCode).toBe(EXIT.unavailable);
      expect(message).toMatch(/Temporal server does not answer.*same command goes on/);
    }
  });

  test('that is a full disk exits with 4', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(explainError(full)).toMatchObject({ exitCode: EXIT.unavailable });
    expect(explainError(full).message).toMatch(/^The disk is full/);
  });

  test('that ended a run exits with 3', () => {
    expect(explainError(failedWith('BatchesFailed'))).toEqual({
      message: 'the sentence',
      exitCode: EXIT.runFailed,
    });
  });

  test('that is something missing exits with 4', () => {
    expect(explainError(new GraftError('no Temporal CLI')).exitCode).toBe(EXIT.unavailable);
  });

  test('that nobody foresaw exits with 1 and keeps its trace', () => {
    const { message, exitCode } = explainError(new TypeError('x is not a function'));
    expect(exitCode).toBe(EXIT.defect);
    expect(message).toContain('defect in Graft');
    expect(message).toContain('exit-codes.test');
  });
});
