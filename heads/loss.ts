/** What one row costs, as a function of its scores. Implementations work in place: they run for every row of every pass. */
export interface Loss {
  /** Scores per row. */
  readonly outputs: number;
  /** The class that each score is about. */
  readonly classOf: (output: number) => number;
  /** The loss of a row of class `label`; overwrites its `scores` with the probabilities of the scores' classes. */
  measure(scores: Float64Array, label: number): number;
  /**
   * Multiplies `direction` by the loss's second derivative by the scores, in place, at the row's `probabilities`, which
   * start at `offset`.
   */
  curve(probabilities: Float64Array, offset: number, direction: Float64Array): void;
}
