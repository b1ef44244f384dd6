import { createHash } from 'node:crypto';
import type { Sha256 } from '../dataset/dataset.js';
import type { Recipe } from './backbone.js';

/**
 * Version of what a stored feature means beyond network and recipe: float32, the network's output as it is. Raise it
 * when features that were computed before may no longer be mixed with new ones.
 */
export const FEATURE_SCHEMA = 1;

/** What a feature depends on besides the image's bytes. */
export interface FeatureOrigin {
  /** Of the ONNX file. */
  readonly backbone: Sha256;
  readonly recipe: Recipe;
  /** Default {@link FEATURE_SCHEMA}. */
  readonly schema?: number;
}

/**
 * Names the features of one backbone: SHA-256 over the canonical JSON (keys sorted, no spaces) of backbone bytes,
 * recipe and feature schema.
 */
export function computeFingerprint({ backbone, recipe, schema = FEATURE_SCHEMA }: FeatureOrigin): Sha256 {
  const canonical = JSON.stringify({ backbone, recipe: sortKeys(recipe), schema });
  return createHash('sha256').update(canonical).digest('hex');
}

/** A recipe is flat: one level of keys is all there is to sort. */
function sortKeys(recipe: Recipe): object {
  const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1);
  return Object.fromEntries(Object.entries(recipe).sort(byName));
}
