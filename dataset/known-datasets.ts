import { join } from 'node:path';
import { BadInput } from '../errors/graft-error.js';
import type { ClassWeight } from '../heads/head.js';
import { packageRoot } from '../runs/package-root.js';
import type { ClassMap } from './layout.js';
import { quote } from './quote.js';

/** What a user says about a dataset: fields of the run's input. */
export interface DatasetRequest {
  readonly dataset: string;
  /** Folder, .zip file or http(s) URL of a zip, as typed. */
  readonly source?: string | undefined;
  /** Of a downloaded archive. */
  readonly sha256?: string | undefined;
  readonly classMap?: ClassMap | undefined;
  readonly positive?: string | undefined;
}

/** Where a dataset comes from: shipped with Graft, typed by the user, or on known addresses, the best first. */
export type DatasetOrigin =
  | { readonly kind: 'builtin'; readonly path: string }
  | { readonly kind: 'typed'; readonly source: string }
  | { readonly kind: 'addresses'; readonly urls: readonly string[] };

/** A dataset before it is opened: the user's words with what Graft knows filled in. */
export interface ResolvedDataset {
  readonly origin: DatasetOrigin;
  readonly sha256: string | undefined;
  readonly classMap: ClassMap | undefined;
  /** `undefined`: the last class. */
  readonly positive: string | undefined;
  readonly licence: string;
  /** Weight of the classes in training, where the input does not say. */
  readonly classWeight: ClassWeight;
}

interface KnownDataset {
  readonly classMap?: ClassMap;
  readonly positive: string;
  readonly licence: string;
  readonly classWeight?: ClassWeight;
}

const SAMPLE: KnownDataset = {
  positive: 'food',
  classWeight: 'balanced',
  licence:
    'Icons by Twemoji and EmojiOne (CC-BY-4.0), Fluent Emoji (MIT) and Noto Emoji (Apache-2.0); see samples/',
};

/** Food-5K: Singla, Yuan and Ebrahimi, "Food/Non-food Image Classification and Food Categorization", MADiMa 2016. */
const FOOD_5K: KnownDataset = {
  classMap: { '0': 'non_food', '1': 'food' },
  positive: 'food',
  licence: 'Food-5K, EPFL: research use only; fetched, never shipped',
};

/** The authors' archive, then a restructured copy of it. */
const FOOD_5K_URLS = [
  'http://grebvm2.epfl.ch/lin/food/Food-5K.zip',
  'https://github.com/dazcona/food/archive/refs/heads/master.zip',
];

/** Names that need no source. */
const KNOWN_DATASETS = ['sample', 'food-5k'] as const;

/**
 * Fills in what Graft knows about a dataset by its name. Names that start with `food-5k-` are parts of Food-5K from the
 * user's own source. Throws {@link BadInput} for an unknown name without a source.
 */
export function resolveDataset(request: DatasetRequest): ResolvedDataset {
  const known = findKnown(request.dataset);
  const classMap = request.classMap ?? known?.classMap;
  return {
    origin: findOrigin(request),
    sha256: request.sha256,
    classMap,
    positive: request.positive ?? defaultPositive(known, request.classMap),
    licence: known?.licence ?? 'unknown',
    classWeight: known?.classWeight ?? 'none',
  };
}

function findKnown(name: string): KnownDataset | undefined {
  if (name === 'sample') return SAMPLE;
  return name === 'food-5k' || name.startsWith('food-5k-') ? FOOD_5K : undefined;
}

/** Somebody who names the classes otherwise has another positive class, too. */
function defaultPositive(known: KnownDataset | undefined, classMap?: ClassMap): string | undefined {
  if (known === undefined) return undefined;
  const isNamed = classMap === undefined || Object.values(classMap).includes(known.positive);
  return isNamed ? known.positive : undefined;
}

function findOrigin({ dataset, source }: DatasetRequest): DatasetOrigin {
  if (dataset === 'sample') {
    if (source === undefined) return { kind: 'builtin', path: join(packageRoot, 'samples', 'icons.zip') };
    throw new BadInput(
      'The dataset "sample" is built in and has no other source; give your own another name.',
    );
  }
  if (source !== undefined) return { kind: 'typed', source };
  if (dataset === 'food-5k') return { kind: 'addresses', urls: FOOD_5K_URLS };
  throw new BadInput(
    `The dataset ${quote(dataset)} is not one that Graft knows (${KNOWN_DATASETS.join(', ')}); pass --source with a ` +
      'folder, a .zip file or an http(s) URL of one.',
  );
}
