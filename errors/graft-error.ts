/**
 * The root of every error that Graft throws on purpose.
 *
 * A message is one sentence or two for a person: where, what was expected, what was received, what to do next.
 * `retryable` is the only thing that Temporal needs to know: bad input never is, a flaky network always is.
 */
export class GraftError extends Error {
  readonly retryable: boolean;

  constructor(message: string, options: { readonly cause?: unknown; readonly retryable?: boolean } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.retryable = options.retryable ?? false;
  }
}

/** Something that the user gave is wrong: never retried, exit code 2, nothing has been written. */
export class BadInput extends GraftError {}
