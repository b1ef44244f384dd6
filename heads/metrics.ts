/**
 * Everything that `metrics.json` says of one split. What a split cannot define is `null`, for JSON has no NaN: the ROC
 * curve of rows that are all of one class, the precision of a class that has no rows.
 */
export interface SplitMetrics {
  readonly accuracy: number;
  /** Two classes: area under the ROC curve for `positive`. More: macro average of one-vs-rest; `null` if one lacks rows. */
  readonly rocAuc: number | null;
  /** Two classes: of `positive`. More: macro average of one-vs-rest; `null` if one lacks rows. */
  readonly averagePrecision: number | null;
  readonly logLoss: number;
  /** `[true class][predicted class]`, in the label encoder's order. */
  readonly confusion: readonly (readonly number[])[];
  /** Images per class, in the label encoder's order. */
  readonly support: readonly number[];
  /** scikit-learn's `classification_report(digits=4)`, as text. */
  readonly report: string;
}
