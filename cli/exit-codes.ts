import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
} from '@temporalio/common';
import { ServiceError, WorkflowFailedError } from '@temporalio/client';
import { BadInput, GraftError } from '../errors/graft-error.js';
import { Interrupted } from './interrupted.js';
import { StoreRefused } from '../storage/object-store.js';

/** What the `graft` command's exit codes mean; the same list as in `graft --help`. */
export const EXIT = {
  ok: 0,
  /** Graft itself failed: a defect. */
  defect: 1,
  /** The input is wrong: nothing was written. */
  badInput: 2,
  /** The run ended without success; `graft status` tells why. */
  runFailed: 3,
  /** Something that Graft needs is missing or does not answer: Temporal, the store. */
  unavailable: 4,
  /** Ctrl-C; the run can be resumed. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Failure types of workflows that mean wrong input. */
const BAD_INPUT_TYPES: ReadonlySet<string> = new Set([BadInput.name, StoreRefused.name]);

/** The sentence to print and the code to exit with. A defect keeps its stack trace: it is for us, not for the user. */
export function explainError(error: unknown): { readonly message: string; readonly exitCode: ExitCode } {
  const cause = unwrap(error);
  if (cause instanceof ApplicationFailure) {
    const exitCode = BAD_INPUT_TYPES.has(cause.type ?? '') ? EXIT.badInput : EXIT.runFailed;
    return { message: cause.message, exitCode };
  }
  if (cause instanceof CancelledFailure)
    return { message: 'The run was cancelled.', exitCode: EXIT.runFailed };
  if (cause instanceof BadInput || cause instanceof StoreRefused)
    return { message: cause.message, exitCode: EXIT.badInput };
  if (cause instanceof Interrupted) return { message: cause.message, exitCode: EXIT.interrupted };
  if (isServerLost(cause)) {
    const message =
      'The Temporal server does not answer any more. What is done is kept; the same command goes on from there.';
    return { message, exitCode: EXIT.unavailable };
  }
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC') {
    const message = 'The disk is full. Make room; what is done is kept, the same command goes on from there.';
    return { message, exitCode: EXIT.unavailable };
  }
  if (cause instanceof GraftError) return { message: cause.message, exitCode: EXIT.unavailable };
  if (error instanceof WorkflowFailedError) return { message: error.message, exitCode: EXIT.runFailed };
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { message: `This is a defect in Graft, please report it.\n${trace}`, exitCode: EXIT.defect };
}

/** What the client throws then, or the workers. */
const isServerLost = (error: unknown): boolean =>
  error instanceof ServiceError || (error instanceof Error && error.name === 'TransportError');

function unwrap(error: unknown): unknown {
  const wraps =
    error instanceof WorkflowFailedError ||
    error instanceof ActivityFailure ||
    error instanceof ChildWorkflowFailure;
  return wraps && error.cause !== undefined ? unwrap(error.cause) : error;
}
