import { readFileSync } from 'node:fs';

/** What scikit-learn, SciPy and statsmodels say: test/fixtures/statistics, beside the script that made it. */
export interface Reference {
  readonly binary: ReferenceScores & {
    readonly values: readonly number[];
    readonly platt: readonly [number, number];
    readonly plattOfSklearn: readonly [number, number];
    readonly precision: readonly number[];
    readonly recall: readonly number[];
    readonly thresholds: readonly number[];
    readonly rocAuc: number;
    readonly averagePrecision: number;
    readonly bootstrapRocAuc: readonly [number, number];
    readonly bootstrapAveragePrecision: readonly [number, number];
  };
  readonly three: ReferenceScores & {
    readonly values: readonly (readonly number[])[];
    readonly logLossThere: number;
  };
  readonly wilson: readonly (readonly [hits: number, rows: number, lower: number, upper: number])[];
  readonly mcnemar: readonly (readonly [onlyFirst: number, onlySecond: number, p: number])[];
  readonly tango: readonly (readonly [onlyFirst: number, onlySecond: number, rows: number, lower: number])[];
}

interface ReferenceScores {
  readonly labels: readonly number[];
  readonly temperature: number;
  readonly brier: number;
  readonly ece: number;
}

const path = new URL('../../fixtures/statistics/reference.json', import.meta.url);

export const reference = JSON.parse(readFileSync(path, 'utf8')) as Reference;
