/** Per run: every image of the dataset is a feature, quarantined with a reason, or missing. Counts are of images unless said. */
export interface Receipt {
  /** Every picture that the source held: index rows and those refused before the index. */
  readonly images: number;
  /** Distinct image contents among the index rows. */
  readonly unique: number;
  readonly features: number;
  readonly quarantined: number;
  /** Never above 0 in a completed run. */
  readonly missing: number;
  /** Distinct image contents whose features this run computed. */
  readonly computed: number;
  /** Distinct image contents whose features were there before this run. */
  readonly reused: number;
  readonly batches: number;
  readonly failedBatches: number;
  /** Covers the sorted (image, feature | quarantined + reason | missing) alone. */
  readonly contentHash: string;
}
