import { Context } from '@temporalio/activity';
import { openSource } from '../dataset/open-source.js';
import { restructure } from '../dataset/restructure.js';
import type { RunSettings } from '../runs/run-settings.js';
import type { ObjectStore } from '../storage/object-store.js';

export interface DatasetDeps {
  readonly store: ObjectStore;
  /** Local sources must lie under one of these folders. */
  readonly allowedRoots: readonly string[];
  /** Downloads are kept here. */
  readonly cacheFolder: string;
}

export interface FetchedDataset {
  /** For people: never a credential. */
  readonly description: string;
}

export interface RestructuredDataset {
  readonly version: string;
  readonly images: number;
  readonly quarantined: number;
  /** Objects that were not there before. */
  readonly written: number;
}

export type DatasetActivities = ReturnType<typeof createDatasetActivities>;
