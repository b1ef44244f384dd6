import { readJudgedData } from '../checks/stored-checks.js';
import type { Judging } from '../registry/consider-model.js';
import { MARGIN } from '../registry/decide-promotion.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { EvaluationRequest } from './evaluation.js';

/** By what a run's model is judged: the run's own version, what its data checks found, and its margin. */
export async function judgingOf(store: ObjectStore, request: EvaluationRequest): Promise<Judging> {
  const { runId, version } = request;
  return { version, ...(await readJudgedData(store, runId)), margin: marginOf(request) };
}

export const marginOf = ({ settings }: EvaluationRequest): number => settings.promotion?.margin ?? MARGIN;
