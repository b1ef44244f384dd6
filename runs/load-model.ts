import { z } from 'zod';
import type { Backbone } from '../backbones/backbone.js';
import type { Sha256 } from '../dataset/dataset.js';
import { BadInput } from '../errors/graft-error.js';
import { readHead } from './read-head.js';
import type { CalibratedHead } from '../heads/calibration/calibrated-head.js';
import { findChampion } from '../registry/champion.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import { listLastRuns } from './last-run.js';

/** A trained head and what it needs to classify a picture. */
export interface Model {
  /** `models/<id>/` */
  readonly id: string;
  readonly head: CalibratedHead;
  readonly dataset: string;
  /** It was taken because it is the champion of its data set. */
  readonly isChampion?: true;
  /** The backbone that its features come from: by name, and what the name stood for. */
  readonly backbone: string;
  readonly fingerprint: Sha256;
}

/**
 * Loads the model that `reference` names, by its id or enough of its beginning; without one, the champion of
 * the data set of the last completed run, or that run's own model where no champion is. Throws `BadInput` where there is
 * none, or several; `HistoryDamaged`.
 */
export async function loadModel(store: ObjectStore, reference: string | undefined): Promise<Model> {
  const { id, ...taken } =
    reference === undefined ? await defaultModel(store) : { id: await findModel(store, reference) };
  const [head, lineage] = await Promise.all([readHead(store, id), store.get(keys.lineage(id))]);
  const { dataset, backbone, fingerprint } = JSON.parse(Buffer.from(lineage).toString()) as Pick<
    Model,
    'dataset' | 'backbone' | 'fingerprint'
  >;
  return { id, ...taken, head, dataset, backbone, fingerprint };
}

/**
 * Checks that a model is given features of the network that it was trained on: of any other they would be numbers without
 * meaning. Throws `BadInput` where the name stands for another network by now.
 */
export function assertModelFits(
  model: Model,
  { name, fingerprint }: Pick<Backbone, 'name' | 'fingerprint'>,
): void {
  if (fingerprint === model.fingerprint) return;
  throw new BadInput(
    `The model ${model.id.slice(0, 12)} was trained on features of another network than the one that is called ` +
      `${JSON.stringify(name)} now: expected fingerprint ${model.fingerprint.slice(0, 12)}, found ${fingerprint.slice(0, 12)}. ` +
      `Register the former one again (graft backbone remove, graft backbone add), or train again: graft run ${model.dataset}.`,
  );
}

async function defaultModel(store: ObjectStore): Promise<Pick<Model, 'id' | 'isChampion'>> {
  const [newest] = await listLastRuns(store);
  const { data } = lineageFile.safeParse(newest?.lineage);
  const champion = data && (await findChampion(store, data.dataset));
  if (champion !== undefined) return { id: champion.model, isChampion: true };
  if (newest !== undefined) return { id: newest.model };
  throw new BadInput(
    `No model in ${store.url} yet. Train one first: graft run sample, or give the --store that holds it.`,
  );
}

const lineageFile = z.object({ dataset: z.string() });

async function findModel(store: ObjectStore, reference: string): Promise<string> {
  const found = new Set<string>();
  if (/^[0-9a-f]{1,64}$/.test(reference)) {
    for await (const { key } of store.list(keys.model(reference))) {
      const [, id, file] = key.split('/');
      if (id !== undefined && file === 'head.json') found.add(id);
    }
  }
  const [id] = found;
  if (id === undefined)
    throw new BadInput(
      `No model ${JSON.stringify(reference)} in ${store.url}. graft status lists the runs and their models.`,
    );
  if (found.size > 1)
    throw new BadInput(
      `${JSON.stringify(reference)} begins ${found.size} models' names. Give more of the one you mean.`,
    );
  return id;
}
