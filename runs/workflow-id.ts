import { createHash } from 'node:crypto';
import type { RunInput } from './run-input.js';
import { canonicalJson } from './canonical-json.js';

/** `graft-<dataset>-<hash of input>`: the same command attaches to the running workflow. */
export function workflowIdOf(input: RunInput): string {
  const hash = createHash('sha256').update(canonicalJson(input)).digest('hex').slice(0, 12);
  return `graft-${input.dataset}-${hash}`;
}
