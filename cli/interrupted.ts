/** The user pressed Ctrl-C while something was being waited for. */
export class Interrupted extends Error {
  constructor(message = 'Interrupted. What is done is kept; the same command goes on from there.') {
    super(message);
  }
}
