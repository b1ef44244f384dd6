/** Everything that `metrics.json` says of one split. The binary ones are about `positive` and absent for more classes. */
export interface SplitMetrics {
  readonly accuracy: number;
  /** Binary: area under the ROC curve for `positive`. More classes: macro one-vs-rest. */
  readonly rocAuc: number;
  readonly averagePrecision: number;
  readonly logLoss: number;
  /** `[true class][predicted class]`, in the label encoder's order. */
  readonly confusion: readonly (readonly number[])[];
  /** Images per class, in the label encoder's order. */
  readonly support: readonly number[];
  /** scikit-learn's `classification_report(digits=4)`, as text. */
  readonly report: string;
}
