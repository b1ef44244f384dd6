import { z } from 'zod';
import { explainRefusedPromotion } from '../activities/promotion.js';
import { readHead } from '../activities/read-head.js';
import { decideClasses, decisionValues } from '../heads/predict.js';
import { lowerBoundOfDifference } from '../heads/statistics/paired-difference.js';
import type { CatalogueModel } from '../registry/catalogue.js';
import type { Judging, RegistryDeps } from '../registry/consider-model.js';
import { createFeatureSource } from '../registry/feature-source.js';
import { readLastRun } from '../runs/last-run.js';
import type { ObjectStore } from '../storage/object-store.js';

/** The registry over a store, with everything that it is given. */
export const registryOver = (store: ObjectStore): RegistryDeps => ({
  store,
  features: createFeatureSource(store),
  readHead: (model) => readHead(store, model),
  predict: (head, features) => decideClasses(decisionValues(head, features), head.classes.length),
  lowerBound: lowerBoundOfDifference,
  explainRefusal: ({ backbone, fingerprint }) => explainRefusedPromotion(store, backbone, fingerprint),
});

const lineageFile = z.object({ version: z.string() });

/** By what a model is judged from the command line: the data set's current version. */
export async function judgingNow(
  store: ObjectStore,
  { dataset, version }: Pick<CatalogueModel, 'dataset' | 'version'>,
): Promise<Judging> {
  const last = lineageFile.safeParse((await readLastRun(store, dataset))?.lineage);
  return { version: last.data?.version ?? version, failedChecks: 'not looked at' };
}
