import { writeVersion } from '../../dataset/dataset-store.js';
import type { IndexRow, SplitName } from '../../dataset/dataset.js';
import { sortRows, versionOf } from '../../dataset/dataset-version.js';
import { countClasses } from '../../dataset/trainable.js';
import type { Head } from '../../heads/head.js';
import { encodeHead } from '../../heads/head-file.js';
import type { Challenger, RegistryDeps } from '../../registry/consider-model.js';
import type { EntryDraft } from '../../registry/history-entry.js';
import { canonicalJson } from '../../runs/canonical-json.js';
import { nameModel } from '../../runs/model-name.js';
import { keys } from '../../storage/keys.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { FINGERPRINT, imageHash, indexRow } from '../support/feature-fixtures.js';

export const DATASET = 'food';
export const OTHER_FINGERPRINT = 'e'.repeat(64);

export const draft = (more: Partial<EntryDraft> = {}): EntryDraft => ({
  ...{ kind: 'promoted', model: 'a'.repeat(64), runId: 'run a', by: 'cli', reason: 'by hand' },
  at: '2026-01-02T03:04:05.000Z',
  ...more,
});

/** A row of a picture that is nothing but its name. */
export const row = (image: string, split: SplitName, label = 'food'): IndexRow =>
  indexRow(image, { key: `${DATASET}/${split}/${label}/${image}`, split, class: label });

/** `e0` … as rows of the evaluation split; two thirds of them food. */
export const evaluationRows = (count: number): readonly IndexRow[] =>
  Array.from({ length: count }, (_, at) => row(`e${at}`, 'evaluation', at % 3 === 0 ? 'non_food' : 'food'));

export const LEARNT = [row('t1', 'training'), row('t2', 'training', 'non_food'), row('v1', 'validation')];

/** Stores the index and manifest of a version; gives its name. */
export async function storeRows(store: ObjectStore, unsorted: readonly IndexRow[]): Promise<string> {
  const rows = sortRows([...unsorted]);
  const version = versionOf(rows);
  const manifest = {
    ...{ name: DATASET, version, classes: ['food', 'non_food'], positive: 'food', source: 'a test' },
    ...{ counts: countClasses(rows), images: rows.length, quarantined: 0, licence: 'none' },
  };
  await writeVersion(store, { manifest, rows, quarantined: [] });
  return version;
}

/** Stores a model that stands out by its intercept; gives it as a challenger. */
export async function storeModel(
  store: ObjectStore,
  version: string,
  intercept: number,
  { fingerprint = FINGERPRINT, backbone = 'fake' } = {},
): Promise<Challenger> {
  const head = Buffer.from(encodeHead(headOf(intercept)));
  const made = { dataset: DATASET, version, backbone, fingerprint };
  const lineage = Buffer.from(canonicalJson({ ...made, contentHash: '', head: { C: 1 }, graft: '0.0.0' }));
  const labelEncoder = Buffer.from(canonicalJson({ classes: ['food', 'non_food'] }));
  const model = nameModel({ head, labelEncoder, lineage });
  await store.putIfAbsent(keys.labelEncoder(model), labelEncoder);
  await store.putIfAbsent(keys.lineage(model), lineage);
  await store.putIfAbsent(keys.head(model), head);
  return { ...made, model, runId: `run of ${intercept}` };
}

const headOf = (intercept: number): Head => ({
  kind: 'logistic-regression',
  ...{ classes: ['food', 'non_food'], coef: [Float64Array.of(1)], intercept: [intercept] },
  settings: { C: 1, classWeight: 'none', tol: 1e-8, maxIterations: 100 },
  convergence: { converged: true, iterations: 1, gradientNorm: 0, objective: 0 },
});

/** What the models of a test do. */
interface Scripted {
  /** By the model's name, the evaluation pictures that it gets wrong. */
  readonly mistakes?: Readonly<Record<string, readonly string[]>>;
  /** By fingerprint, the pictures without a feature. */
  readonly missing?: Readonly<Record<string, readonly string[]>>;
  /** Why no model may be promoted. */
  readonly refusal?: string;
}

/**
 * A registry whose models make the mistakes that a test says. A picture's feature is its place in `rows`.
 */
export function registryDeps(
  store: ObjectStore,
  rows: readonly IndexRow[],
  { mistakes = {}, missing = {}, refusal }: Scripted = {},
): RegistryDeps & { readonly loads: string[] } {
  const loads: string[] = [];
  const interceptOf = new Map<number, string>();
  const places = new Map(rows.map(({ sha256 }, at) => [sha256, at]));
  return {
    store,
    loads,
    features: {
      available: (fingerprint) =>
        Promise.resolve({
          has: (sha256) => !(missing[fingerprint] ?? []).some((image) => imageHash(image) === sha256),
        }),
      load: (fingerprint, images) => {
        loads.push(fingerprint);
        const data = Float32Array.from(images, (sha256) => places.get(sha256) ?? -1);
        return Promise.resolve({ rows: images.length, columns: 1, data });
      },
    },
    readHead: async (model) => {
      const file = JSON.parse(Buffer.from(await store.get(keys.head(model))).toString()) as {
        intercept: [number];
      };
      interceptOf.set(file.intercept[0], model);
      return headOf(file.intercept[0]);
    },
    predict: (head, { data }) => {
      const wrong = new Set((mistakes[interceptOf.get(head.intercept[0] ?? 0) ?? ''] ?? []).map(imageHash));
      return Int32Array.from(data, (place) => {
        const picture = rows[place];
        const right = picture?.class === 'food' ? 0 : 1;
        return wrong.has(picture?.sha256 ?? '') ? 1 - right : right;
      });
    },
    // A bound that tests can follow: the observed difference less half a point.
    lowerBound: ({ rows: all, onlyFirst, onlySecond }) => (onlyFirst - onlySecond) / all - 0.005,
    explainRefusal: () => Promise.resolve(refusal),
    now: () => new Date('2026-01-02T03:04:05.000Z'),
    settleMs: 0,
  };
}
