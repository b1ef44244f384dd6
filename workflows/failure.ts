import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure } from '@temporalio/workflow';

/** The sentence for people inside whatever Temporal wrapped around it, and its type. */
export function rootCause(error: unknown): { readonly type: string; readonly message: string } {
  if ((error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) && error.cause) {
    return rootCause(error.cause);
  }
  if (error instanceof ApplicationFailure) return { type: error.type ?? 'Error', message: error.message };
  if (error instanceof Error) return { type: error.name, message: error.message };
  return { type: 'Error', message: String(error) };
}

/** A failure whose message is the sentence itself, so that `temporal workflow show` and the UI begin with it. */
export function failureOf(error: unknown): ApplicationFailure {
  const { type, message } = rootCause(error);
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable: true,
    ...(error instanceof Error && { cause: error }),
  });
}
