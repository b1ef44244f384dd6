import { readJudgedData } from '../checks/stored-checks.js';
import { readManifest } from '../dataset/dataset-store.js';
import type { Judging } from '../registry/consider-model.js';
import { MARGIN } from '../registry/decide-promotion.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { EvaluationRequest } from './evaluation.js';

/** By what a run's model is judged: the run's own version, what its data checks found, and its margin. */
export async function judgingOf(store: ObjectStore, request: EvaluationRequest): Promise<Judging> {
  const { runId, version, settings } = request;
  const { editedLabels } = await readManifest(store, settings.dataset, version);
  return {
    ...{ version, margin: marginOf(request) },
    ...(await readJudgedData(store, runId)),
    ...(editedLabels !== undefined && { editedLabels }),
  };
}

export const marginOf = ({ settings }: EvaluationRequest): number => settings.promotion?.margin ?? MARGIN;
