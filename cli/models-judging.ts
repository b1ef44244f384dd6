import { z } from 'zod';
import { readJudgedData } from '../checks/stored-checks.js';
import { readManifest } from '../dataset/dataset-store.js';
import type { CatalogueModel } from '../registry/catalogue.js';
import type { Judging } from '../registry/consider-model.js';
import { readLastRun } from '../runs/last-run.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';

const lineageFile = z.object({ version: z.string() });

/** By what a model is judged from the command line: the data set's current version, and the checks of the run that trained it. */
export async function judgingNow(
  store: ObjectStore,
  { dataset, version, runId }: Pick<CatalogueModel, 'dataset' | 'version' | 'runId'>,
): Promise<Judging> {
  const last = lineageFile.safeParse((await readLastRun(store, dataset))?.lineage);
  const current = last.data?.version ?? version;
  return {
    version: current,
    ...(await readJudgedData(store, runId)),
    ...(await readEditedLabels(store, dataset, current)),
  };
}

/** How many labels of the evaluation split people have corrected; nothing of a version that is gone. */
async function readEditedLabels(
  store: ObjectStore,
  dataset: string,
  version: string,
): Promise<Pick<Judging, 'editedLabels'>> {
  if ((await store.head(keys.datasetManifest(dataset, version))) === undefined) return {};
  const { editedLabels } = await readManifest(store, dataset, version);
  return editedLabels === undefined ? {} : { editedLabels };
}

/** What the rule did not know here; nothing where it knew all. */
export const describeUnchecked = ({ failedChecks }: Pick<Judging, 'failedChecks'>): readonly string[] =>
  failedChecks === 'not looked at' ? ['Data checks and near duplicates were not looked at.'] : [];
