/** What one row costs, as a function of its scores. Implementations work in place: they run for every row of every pass. */
export interface Loss {
  /** Scores per row. */
  readonly outputs: number;
  /** Whether rows stop bending it at once, so that much of the way to the minimum may be left when little gradient is. */
  readonly losesCurvature: boolean;
  /**
   * The loss of a row of class `label`; overwrites its `scores` with the loss's derivatives by them, and writes what
   * bends it there, one number per score, into `bends` from `offset` on.
   */
  measure(scores: Float64Array, label: number, bends: Float64Array, offset: number): number;
  /** Multiplies `direction` by the loss's second derivative by the scores, in place, from the row's `bends`. */
  curve(bends: Float64Array, offset: number, direction: Float64Array): void;
  /** The second derivative by one score, from what `measure` wrote for it. */
  curvatureOf(bend: number): number;
}
