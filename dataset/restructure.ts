import { BadInput } from '../errors/graft-error.js';
import type { ObjectStore } from '../storage/object-store.js';
import { byCodePoint } from './code-point-order.js';
import type { DatasetManifest, IndexRow, QuarantinedImage, SplitName } from './dataset.js';
import { writeVersion } from './dataset-store.js';
import { sortRows, versionOf } from './dataset-version.js';
import { type CorrectedLabels, relabel } from './corrections/corrected-labels.js';
import { folderOf, isPictureName } from './file-names.js';
import { bringPictures, type BringProgress } from './bring-pictures.js';
import {
  type ClassMap,
  findEmptyClasses,
  type Layout,
  type PlacedPicture,
  recogniseLayout,
} from './layout.js';
import type { PictureReading } from './picture-reading.js';
import { quote, quoteSome } from './quote.js';
import type { DatasetSource, SourceFile } from './source.js';
import { readListed, writeListed } from './source-listing.js';
import { assertFractions, DEFAULT_SPLIT, splitByHash, type SplitSettings } from './split-by-hash.js';
import {
  assertFewBad,
  assertSeveralClasses,
  assertTrainable,
  type ClassCounts,
  classesOf,
  countClasses,
} from './trainable.js';

/** How labels and splits are read from the source's paths. */
interface LayoutOptions extends Partial<SplitSettings> {
  readonly classMap?: ClassMap | undefined;
}

export interface RestructureOptions {
  readonly source: DatasetSource;
  readonly store: ObjectStore;
  /** Name of the dataset; part of object keys. */
  readonly name: string;
  readonly layoutOptions?: LayoutOptions;
  /** The class that binary metrics are about. Default: the last in code point order. */
  readonly positive?: string | undefined;
  /** For people. Default: `unknown`. */
  readonly licence?: string | undefined;
  /** Where the pictures come from, for people. Default: the source's own description. */
  readonly description?: string | undefined;
  /** Pictures in flight, and so in memory. Default 16. */
  readonly concurrency?: number;
  /** Largest share of refused pictures, 0 to 1. Default 0.01. */
  readonly maxBadImageRate?: number;
  /** Most pixels of a picture. Default 100 megapixels. */
  readonly maxPixels?: number;
  /** Labels that stand above the source's own. Default: none. */
  readonly corrections?: CorrectedLabels | undefined;
  /** Reads every picture, also those that are listed as unchanged. Default `false`. */
  readonly rehash?: boolean;
  /** What else is demanded of the counts, as early as they are known: throws {@link BadInput}. Default: nothing. */
  readonly check?: ((counts: ClassCounts) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called once for the pictures that need not be read, then after every other. */
  readonly onProgress?: ((progress: BringProgress) => void) | undefined;
}

export interface Restructured {
  readonly manifest: DatasetManifest;
  /** In canonical order. */
  readonly rows: readonly IndexRow[];
  /** By path. */
  readonly quarantined: readonly QuarantinedImage[];
  /** Pictures put into the store by this call. */
  readonly written: number;
  /** Pictures that were there before. */
  readonly present: number;
  /** Pictures, refused ones included, that were read by this call. */
  readonly read: number;
  /** Pictures, refused ones included, that were not read: unchanged since the source was listed. */
  readonly unread: number;
  /** Files that are no pictures by their name: passed over. */
  readonly notPictures: number;
  /** Pictures outside of the layout: passed over, at most 5 %. */
  readonly outside: readonly string[];
}

/**
 * Brings the pictures of a source into an object store, as `datasets/<name>/images/<split>/<class>/…`, and writes the
 * version that they make: index, quarantine and, last, manifest.
 *
 * Pictures are read one by one, at most `concurrency` in memory; what the store has already is not written again. What
 * was read is listed with the source's stamps after the version, so that the next call reads differences only. Every
 * step can be killed and repeated: the same pictures give the same version, in whatever order they come.
 *
 * Throws {@link BadInput}, before any object of a version is written, where no layout fits, a class is empty, there is
 * one class only, a split is missing, or more than `maxBadImageRate` of the pictures are refused.
 */
export async function restructure(options: RestructureOptions): Promise<Restructured> {
  assertFractions(options.layoutOptions?.fractions ?? DEFAULT_SPLIT.fractions);
  const { files, layout, notPictures } = await layOut(options);
  const listed = options.rehash === true ? new Map() : await readListed(options);
  const pictures = await bringPictures(layout.placed, files, {
    ...{ ...options, listed },
    splitSettings: { ...DEFAULT_SPLIT, ...options.layoutOptions },
  });
  options.corrections?.assertAllUsed();
  const rows = sortRows(pictures.rows);
  const quarantined = [...pictures.quarantined].sort((a, b) => byCodePoint(a.path, b.path));
  assertFewBad(quarantined, layout.placed.length, options.maxBadImageRate ?? 0.01);
  const counts = countClasses(rows);
  checkCounts(counts, options);
  assertNoClassLost(layout, counts);
  const described = describeVersion(options, rows, quarantined, counts);
  const edited = countEdited(layout, pictures.readings, options);
  const manifest = edited === undefined ? described : { ...described, editedLabels: edited };
  options.signal?.throwIfAborted();
  await writeVersion(options.store, { manifest, rows, quarantined });
  await writeListed(options, files.values(), pictures.readings);
  const { written, present, unread } = pictures;
  const puts = { written, present, read: pictures.readings.size - unread, unread };
  return { manifest, rows, quarantined, ...puts, notPictures, outside: layout.outside };
}

function checkCounts(counts: ClassCounts, { check }: RestructureOptions): void {
  assertTrainable(counts);
  check?.(counts);
}

interface LaidOut {
  readonly files: ReadonlyMap<string, SourceFile>;
  readonly layout: Layout;
  readonly notPictures: number;
}

/** Lists the source and checks by the paths alone all that can be checked so. */
async function layOut(options: RestructureOptions): Promise<LaidOut> {
  const { source, layoutOptions, positive, corrections, signal } = options;
  const files = new Map<string, SourceFile>();
  const folders = new Set(source.emptyFolders());
  let notPictures = 0;
  for await (const file of source.files()) {
    signal?.throwIfAborted();
    folders.add(folderOf(file.path));
    if (isPictureName(file.path)) files.set(file.path, file);
    else notPictures++;
  }
  const layout = recogniseLayout([...files.keys()], layoutOptions?.classMap);
  assertNoEmptyClass(layout, [...folders]);
  const classes = classesOf(layout.placed);
  assertSeveralClasses(classes);
  corrections?.assertKnownLabels(classes);
  choosePositive(positive, classes);
  if (layout.kind !== 'class') checkCounts(countClasses(layout.placed.filter(hasSplit)), options);
  return { files, layout, notPictures };
}

const hasSplit = (picture: PlacedPicture): picture is PlacedPicture & { readonly split: SplitName } =>
  picture.split !== undefined;

function assertNoEmptyClass(layout: Layout, folders: readonly string[]): void {
  const empty = findEmptyClasses(layout, folders);
  if (empty.length > 0)
    throw new BadInput(
      `The class folder${empty.length > 1 ? 's' : ''} ${quoteSome(empty)} hold${empty.length > 1 ? '' : 's'} no ` +
        'picture; expected at least one in each. Add pictures, or remove the folder.',
    );
}

/** A class of which every picture was refused has gone from the rows. */
function assertNoClassLost(layout: Layout, counts: ClassCounts): void {
  const lost = new Set(layout.placed.map((picture) => picture.class));
  for (const name of Object.keys(counts.training)) lost.delete(name);
  for (const name of lost)
    throw new BadInput(
      `Every picture of the class ${quote(name)} is bad, or has another label by the corrections; expected at least one. Mend or remove them.`,
    );
}

/** Distinct pictures of evaluation whose label was corrected; `undefined` where nobody corrected anything. */
function countEdited(
  { placed }: Layout,
  readings: ReadonlyMap<string, PictureReading>,
  { corrections, layoutOptions }: RestructureOptions,
): number | undefined {
  if (corrections === undefined) return undefined;
  const settings = { ...DEFAULT_SPLIT, ...layoutOptions };
  const edited = placed.flatMap((picture) => {
    const reading = readings.get(picture.path);
    if (reading === undefined || 'reason' in reading) return [];
    const { sha256 } = reading;
    const isEvaluated = (picture.split ?? splitByHash(sha256, settings)) === 'evaluation';
    return isEvaluated && relabel(picture, sha256, corrections) !== picture ? [sha256] : [];
  });
  return new Set(edited).size;
}

function describeVersion(
  options: RestructureOptions,
  rows: readonly IndexRow[],
  quarantined: readonly QuarantinedImage[],
  counts: ClassCounts,
): DatasetManifest {
  const classes = classesOf(rows);
  return {
    name: options.name,
    version: versionOf(rows),
    classes,
    positive: choosePositive(options.positive, classes),
    counts,
    images: rows.length,
    quarantined: quarantined.length,
    source: options.description ?? options.source.description,
    licence: options.licence ?? 'unknown',
  };
}

function choosePositive(positive: string | undefined, classes: readonly string[]): string {
  const chosen = positive ?? classes.at(-1) ?? '';
  if (classes.includes(chosen)) return chosen;
  throw new BadInput(
    `The positive class ${quote(chosen)} is not in the dataset; expected one of ${classes.map(quote).join(', ')}.`,
  );
}
