import { createHash } from 'node:crypto';
import type { IndexRow, Sha256 } from '../dataset/dataset.js';

/** The evaluation rows that two models can both be judged by, and what was left out. */
export interface EvaluationRows {
  /** One row a picture, in the index's order. */
  readonly rows: readonly IndexRow[];
  /** Names the distinct pictures of the whole split, whatever their labels. */
  readonly evaluationSet: Sha256;
  /** Pictures left out: a model had learnt from it, or from a near duplicate. */
  readonly seen: number;
}

/**
 * Picks the rows of the evaluation split that neither model knows.
 *
 * Identical files count once, for they would count as independent evidence. A picture of which the model knows a near
 * duplicate is left out, too.
 *
 * @param index of the current version.
 * @param learnt hashes of the pictures that one of the two models was trained or tuned on.
 * @param groups near duplicates of each other, by hash; a picture may be in several groups.
 */
export function pickEvaluationRows(
  index: readonly IndexRow[],
  learnt: ReadonlySet<Sha256>,
  groups: readonly (readonly Sha256[])[],
): EvaluationRows {
  const known = withNearDuplicates(learnt, groups);
  const pictures = new Map<Sha256, IndexRow>();
  for (const row of index)
    if (row.split === 'evaluation' && !pictures.has(row.sha256)) pictures.set(row.sha256, row);
  const rows = [...pictures.values()].filter(({ sha256 }) => !known.has(sha256));
  return { rows, evaluationSet: nameSet([...pictures.keys()]), seen: pictures.size - rows.length };
}

function withNearDuplicates(
  learnt: ReadonlySet<Sha256>,
  groups: readonly (readonly Sha256[])[],
): ReadonlySet<Sha256> {
  const known = new Set(learnt);
  for (const group of groups)
    if (group.some((sha256) => learnt.has(sha256))) for (const sha256 of group) known.add(sha256);
  return known;
}

/** SHA-256 over the hashes, sorted, each followed by a line feed. */
function nameSet(hashes: readonly Sha256[]): Sha256 {
  const hash = createHash('sha256');
  for (const sha256 of hashes.toSorted()) hash.update(`${sha256}\n`);
  return hash.digest('hex');
}
