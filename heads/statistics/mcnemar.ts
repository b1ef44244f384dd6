import type { PairedOutcomes } from './paired-outcomes.js';

/**
 * The two-sided p value of McNemar's exact test: how likely the rows that only one classifier got right would fall so
 * unevenly, or more so, if both were as good. Twice the tail of a binomial with chance ½, at most 1; 1 where they never
 * differ. As statsmodels' `mcnemar(exact=True)` (Q. McNemar, Psychometrika 12, 1947; exact: F. Mosteller, 1952).
 */
export function mcnemarExact({ onlyFirst, onlySecond }: Omit<PairedOutcomes, 'rows'>): number {
  const differing = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  if (2 * fewer >= differing - 1) return 1;
  // From the largest term downwards, each relative to it, so that nothing underflows before the end.
  let term = 1;
  let tail = 0;
  for (let hits = fewer; hits >= 0 && term > tail * Number.EPSILON; hits--) {
    tail += term;
    term *= hits / (differing - hits + 1);
  }
  return Math.min(1, 2 * tail * Math.exp(logChoose(differing, fewer) - differing * Math.LN2));
}

/** log of how many ways there are to choose `chosen` of `all`. */
function logChoose(all: number, chosen: number): number {
  let sum = 0;
  for (let at = 1; at <= chosen; at++) sum += Math.log((all - chosen + at) / at);
  return sum;
}
