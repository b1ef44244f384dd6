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

/** What an activity tells of a crash of its extractor. */
export interface CrashDetails {
  /** Of the batch, or of the part of it. */
  readonly images: number;
  /** What crashed. */
  readonly engine: string;
}

/** The details of an extractor's crash; undefined where the failure is another. A time-out never counts as a crash. */
export function detailsOfCrash(error: unknown): CrashDetails | undefined {
  if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) return undefined;
  const { type, details } = error.cause;
  return type === 'ExtractorCrashed' ? (details?.[0] as CrashDetails | undefined) : undefined;
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

/** What an update's validator throws: one sentence, and nothing has changed. */
export const refuse = (sentence: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(sentence, 'UpdateRefused');
