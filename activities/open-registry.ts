import { plainProbabilities } from '../heads/calibration/calibrated-head.js';
import { decisionValues, predictClasses } from '../heads/predict.js';
import { lowerBoundOfDifference } from '../heads/statistics/paired-difference.js';
import type { RegistryDeps } from '../registry/consider-model.js';
import { createFeatureSource } from '../registry/feature-source.js';
import type { ObjectStore } from '../storage/object-store.js';
import { explainRefusedPromotion } from './promotion.js';
import { readHead } from '../runs/read-head.js';

/** The registry over a store as it is now, with everything that it is given: opened anew for each question. */
export const openRegistry = (store: ObjectStore): RegistryDeps => ({
  store,
  features: createFeatureSource(store),
  readHead: (model) => readHead(store, model),
  predict: (head, features) =>
    predictClasses(plainProbabilities(head, decisionValues(head, features)), head.classes.length),
  lowerBound: lowerBoundOfDifference,
  explainRefusal: ({ backbone, fingerprint }) => explainRefusedPromotion(store, backbone, fingerprint),
});
