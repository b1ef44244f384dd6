import type { Challenger } from '../registry/consider-model.js';
import type { EvaluationRequest } from './evaluation.js';

/** The model of a run as one that may become the champion. */
export const challengerOf = ({
  runId,
  settings: { dataset, backbone },
  version,
  fingerprint,
  model,
}: EvaluationRequest): Challenger => ({ runId, dataset, backbone, version, fingerprint, model });
