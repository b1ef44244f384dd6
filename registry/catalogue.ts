import { z } from 'zod';
import { BadInput } from '../errors/graft-error.js';
import { type RecordedRun, listRuns } from '../runs/read-run.js';
import { keys } from '../storage/keys.js';
import { ObjectNotFound, type ObjectStore } from '../storage/object-store.js';
import { findChampion } from './champion.js';
import type { Challenger } from './consider-model.js';

/** A model that a run has trained and scored that is completed, or awaits approval. */
export interface CatalogueModel extends Challenger {
  /** When the run began: ISO 8601, UTC. */
  readonly startedAt: string;
  /** On the evaluation split of the run's own version. */
  readonly accuracy: number;
  /** Pictures of that split. */
  readonly support: number;
  /** scikit-learn's classification report of it. */
  readonly classificationReport: string;
  /** Why the model may not become the champion, as the run found; absent where it may. */
  readonly notPromotable?: string;
  /** Its run waits for somebody who approves or rejects it. */
  readonly awaitsApproval?: true;
}

/** Every model that a run has trained that is completed or awaits approval, oldest first; of several runs of one model, the newest counts. */
export async function listModels(store: ObjectStore): Promise<readonly CatalogueModel[]> {
  const models = new Map<string, CatalogueModel>();
  for (const model of (await listRuns(store)).flatMap(describeRun)) {
    models.delete(model.model);
    models.set(model.model, model);
  }
  return [...models.values()];
}

function describeRun({ runId, startedAt, outcome, offer }: RecordedRun): readonly CatalogueModel[] {
  const published = outcome?.status === 'completed' ? outcome : offer;
  if (published === undefined) return [];
  const { model, dataset, version, backbone, fingerprint, evaluation, classificationReport } = published;
  const { accuracy, support } = evaluation;
  const { notPromotable } = published;
  return [
    {
      ...{ model, dataset, version, backbone, fingerprint, runId, startedAt },
      ...{ accuracy, support, classificationReport },
      ...(notPromotable !== undefined && { notPromotable }),
      ...(published.status === 'awaiting-approval' && { awaitsApproval: true }),
    },
  ];
}

/**
 * The model that `reference` names: its name or enough of its beginning. Throws `BadInput` where it names none or several.
 *
 * @param dataset looks only at models of this data set.
 */
export function findModel(
  models: readonly CatalogueModel[],
  reference: string,
  { url }: Pick<ObjectStore, 'url'>,
  dataset?: string,
): CatalogueModel {
  const found = models.filter(
    (each) => each.model.startsWith(reference) && (dataset === undefined || each.dataset === dataset),
  );
  const [model] = found;
  const of = dataset === undefined ? '' : ` of ${dataset}`;
  if (model === undefined || reference === '')
    throw new BadInput(
      `No completed run in ${url} has trained a model${of} that begins with ${JSON.stringify(reference)}. graft models list shows those that there are.`,
    );
  if (found.length === 1) return model;
  const names = found.map((each) => each.model.slice(0, 16)).slice(0, 3);
  throw new BadInput(
    `${JSON.stringify(reference)} begins the names of ${found.length} models${of}: ${names.join(', ')}${found.length > 3 ? ', …' : ''}. Give more of the one you mean.`,
  );
}

/**
 * The champion of a data set as the run that trained it left it. Throws `BadInput` where there is none.
 *
 * @param dataset Default: that of the newest model.
 */
export async function findChampionModel(
  store: ObjectStore,
  models: readonly CatalogueModel[],
  dataset = models.at(-1)?.dataset,
): Promise<CatalogueModel> {
  const champion = dataset === undefined ? undefined : await findChampion(store, dataset);
  if (champion !== undefined) return findModel(models, champion.model, store, dataset);
  const of = dataset === undefined ? store.url : dataset;
  throw new BadInput(`No model of ${of} is the champion yet. graft models list shows the models; name one.`);
}

const metricsFile = z.object({
  head: z.object({ kind: z.string(), C: z.number(), classWeight: z.string() }),
});

/** What a run's head is, as its metrics tell; `undefined` where they are gone or damaged. */
export async function readHeadKind(
  store: ObjectStore,
  runId: string,
): Promise<z.infer<typeof metricsFile>['head'] | undefined> {
  try {
    const bytes = await store.get(keys.runMetrics(runId));
    return metricsFile.safeParse(JSON.parse(Buffer.from(bytes).toString())).data?.head;
  } catch (error) {
    if (error instanceof ObjectNotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
