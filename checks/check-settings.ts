/** What is looked at, in the order in which it is told. */
export const CHECKS = [
  'leaks',
  'contradictions',
  'wrongLabels',
  'duplicates',
  'outliers',
  'imbalance',
] as const;
export type CheckName = (typeof CHECKS)[number];

/** A check warns above one number and fails above the other. */
export interface Limits {
  readonly warn: number;
  readonly fail: number;
}

/** How the data of a run are looked at. */
export interface CheckSettings {
  /** `false`: they are not. Default `true`. */
  readonly enabled: boolean;
  /** Also looks for wrong labels in the evaluation split: who corrects them chooses what a model is judged by. Default `false`. */
  readonly evaluationLabels: boolean;
  /** Memory for features, MB. Above a third of it, neighbours are searched block by block and labels are not checked. Default 1024. */
  readonly memoryMb: number;
  /** Of more distinct pictures only identical files and the balance are looked at, for time grows with the square. Default 100,000. */
  readonly mostPictures: number;
  readonly limits: Readonly<Record<CheckName, Limits>>;
}

/** Defaults: a few of anything are worth a warning; a check that fails wants somebody to look before a model is used. */
const LIMITS: CheckSettings['limits'] = {
  /** Share of the evaluation pictures that training or validation holds, too, as the same file or a near duplicate. */
  leaks: { warn: 0, fail: 0.05 },
  /** Share of the pictures that are the same file as one of another class. */
  contradictions: { warn: 0, fail: 0.01 },
  /** Share of the labels looked at that are likely wrong. */
  wrongLabels: { warn: 0.02, fail: 0.15 },
  /** Share of the pictures that only repeat another one. */
  duplicates: { warn: 0.05, fail: 0.5 },
  /** Share of the pictures that lie apart from all others. */
  outliers: { warn: 0.02, fail: 0.2 },
  /** Pictures of the largest class of training for one of the smallest. */
  imbalance: { warn: 10, fail: 100 },
};

/** Settings of which only some are given. */
export interface GivenCheckSettings {
  readonly enabled?: boolean | undefined;
  readonly evaluationLabels?: boolean | undefined;
  readonly memoryMb?: number | undefined;
  readonly mostPictures?: number | undefined;
  readonly limits?: { readonly [Name in CheckName]?: GivenLimits | undefined } | undefined;
}

interface GivenLimits {
  readonly warn?: number | undefined;
  readonly fail?: number | undefined;
}

/** Fills in the defaults. */
export function resolveCheckSettings(given: GivenCheckSettings = {}): CheckSettings {
  const limitsOf = (name: CheckName): Limits => ({
    warn: given.limits?.[name]?.warn ?? LIMITS[name].warn,
    fail: given.limits?.[name]?.fail ?? LIMITS[name].fail,
  });
  return {
    enabled: given.enabled ?? true,
    evaluationLabels: given.evaluationLabels ?? false,
    memoryMb: given.memoryMb ?? 1_024,
    mostPictures: given.mostPictures ?? 100_000,
    limits: Object.fromEntries(CHECKS.map((name) => [name, limitsOf(name)])) as CheckSettings['limits'],
  };
}
