import { createHash } from 'node:crypto';
import type { Sha256 } from '../dataset/dataset.js';
import { canonicalJson } from '../runs/canonical-json.js';
import { keys } from '../storage/keys.js';
import { ObjectConflict, type ObjectStore } from '../storage/object-store.js';
import { LEAST_ROWS, type Verdict } from './decide-promotion.js';
import type { Comparison } from './history-entry.js';

/** A comparison that decided about a promotion: `registry/<dataset>/decisions/<evaluation set>/<id>.json`. */
interface Decision {
  readonly dataset: string;
  readonly comparison: Comparison;
  readonly verdict: Verdict;
  /** The run that offered the model. */
  readonly runId: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** Whether a comparison was of enough pictures to decide by, and so counts. */
export const counts = ({ rows }: Comparison): boolean => rows >= LEAST_ROWS;

/**
 * How often the pictures of a comparison have decided, this time included: what an evaluation split says of new pictures
 * wears off with every choice that is made by it. The same two models on the same version count once.
 */
export async function countDecisions(
  store: ObjectStore,
  dataset: string,
  comparison: Comparison,
): Promise<number> {
  const prefix = keys.decisions(dataset, comparison.evaluationSet);
  const ids = new Set([idOf(comparison)]);
  for await (const { key } of store.list(prefix)) ids.add(key.slice(prefix.length, -'.json'.length));
  return ids.size;
}

/** Keeps a decision; where the same two models were compared on the same version before, the first one stays. */
export async function recordDecision(store: ObjectStore, decision: Decision): Promise<void> {
  const { dataset, comparison, ...rest } = decision;
  const key = keys.decision(dataset, comparison.evaluationSet, idOf(comparison));
  const body = Buffer.from(`${canonicalJson({ format: 1, comparison, ...rest })}\n`);
  try {
    await store.putIfAbsent(key, body);
  } catch (error) {
    if (!(error instanceof ObjectConflict)) throw error;
  }
}

const idOf = ({ champion, challenger, version }: Comparison): Sha256 =>
  createHash('sha256').update(`${champion}\n${challenger}\n${version}\n`).digest('hex');
