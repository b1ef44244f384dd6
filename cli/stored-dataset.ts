import { z } from 'zod';
import type { DatasetManifest, IndexRow } from '../dataset/dataset.js';
import { readIndex, readManifest } from '../dataset/dataset-store.js';
import { BadInput } from '../errors/graft-error.js';
import { type LastRun, listLastRuns } from '../runs/last-run.js';
import type { ObjectStore } from '../storage/object-store.js';

/** The version of a data set that its last completed run was about. */
export interface StoredDataset {
  readonly manifest: DatasetManifest;
  readonly rows: readonly IndexRow[];
}

const lineageFile = z.object({ dataset: z.string(), version: z.string() });

/**
 * Opens a data set that a run has brought into the store.
 *
 * @param name default: that of the last completed run.
 * @throws BadInput where no run of it has completed.
 */
export async function openStoredDataset(
  store: ObjectStore,
  name: string | undefined,
): Promise<StoredDataset> {
  const known = (await listLastRuns(store)).flatMap(subjectOf);
  const found = name === undefined ? known[0] : known.find(({ dataset }) => dataset === name);
  if (found === undefined) throw unknownDataset(store, name, [...new Set(known.map((run) => run.dataset))]);
  const { dataset, version } = found;
  const [manifest, rows] = await Promise.all([
    readManifest(store, dataset, version),
    readIndex(store, dataset, version),
  ]);
  return { manifest, rows };
}

function subjectOf({ lineage }: LastRun): readonly z.infer<typeof lineageFile>[] {
  const parsed = lineageFile.safeParse(lineage);
  return parsed.success ? [parsed.data] : [];
}

function unknownDataset(store: ObjectStore, name: string | undefined, known: readonly string[]): BadInput {
  const there = known.length === 0 ? 'none' : known.join(', ');
  const wanted = name === undefined ? 'a data set' : `the data set ${JSON.stringify(name)}`;
  return new BadInput(
    `Expected ${wanted} with a completed run in ${store.url}; there: ${there}. ` +
      `Run it first: graft run ${name ?? 'sample'}.`,
  );
}
