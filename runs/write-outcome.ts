import { replaceIfOther } from '../dataset/optional-object.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import { canonicalJson } from './canonical-json.js';
import type { RunSummary } from './run-summary.js';

/**
 * Records how a run ended well, in `outcome.json`. Another outcome that is there is of the same run before Temporal reset it:
 * receipt, metrics and report are replaced by now, and so is it.
 */
export const writeOutcome = (store: ObjectStore, summary: RunSummary): Promise<void> =>
  replaceIfOther(store, keys.runOutcome(summary.runId), Buffer.from(canonicalJson(summary)));
