import type { IndexRow, Sha256 } from '../dataset/dataset.js';

/** A picture as findings name it. */
export type FoundPicture = Pick<IndexRow, 'key' | 'split' | 'class' | 'sha256'>;

/** Rows of the index that are one and the same file. */
export type IdenticalFiles = readonly FoundPicture[];

/** Two different files that show the same picture. */
export interface NearPair {
  readonly pictures: readonly [FoundPicture, FoundPicture];
  /** Of their centred features, −1 to 1. */
  readonly cosine: number;
  /** How equal their thumbnails are, aligned, −1 to 1: as a whole, and in what a blurred one lacks. */
  readonly layout: number;
  readonly detail: number;
}

/** A picture that is likely something else than its label says. */
export interface WrongLabel {
  readonly picture: FoundPicture;
  readonly suggested: string;
  /** Probability of the given label by a head that never saw the picture, and of the suggested one. */
  readonly selfConfidence: number;
  readonly suggestedConfidence: number;
}

export interface LabelFindings {
  /** Labels looked at. */
  readonly looked: number;
  /** Of classes with too few pictures to be cross-validated. */
  readonly leftOut: number;
  /** Least self-confident first. */
  readonly suspects: readonly WrongLabel[];
}

/** A picture that resembles no other. */
export interface Outlier {
  readonly picture: FoundPicture;
  /** 1 − mean cosine to its five nearest neighbours, 0 to 2. */
  readonly distance: number;
}

export interface OutlierFindings {
  /** Distance above which a picture is one. */
  readonly limit: number;
  /** Farthest first. */
  readonly outliers: readonly Outlier[];
}

/** All that was found; what needs features is a sentence on why nobody looked where nobody did. */
export interface Findings {
  /** Rows of the index with a feature, and the distinct files among them. */
  readonly pictures: number;
  readonly distinct: number;
  /** Distinct files of the evaluation split. */
  readonly evaluated: number;
  readonly identical: readonly IdenticalFiles[];
  /** Pairs whose thumbnails were compared, and those that are near duplicates. */
  readonly near: { readonly compared: number; readonly pairs: readonly NearPair[] } | string;
  /** Hashes of pictures that near duplicates hold together. */
  readonly groups: readonly (readonly Sha256[])[];
  readonly labels: LabelFindings | string;
  readonly outliers: OutlierFindings | string;
  /** Rows of each class in training. */
  readonly balance: Readonly<Record<string, number>>;
}
