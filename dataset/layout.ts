import { BadInput } from '../errors/graft-error.js';
import { SPLITS, type SplitName } from './dataset.js';
import { folderOf, withoutExtension } from './file-names.js';
import { count, quote, quoteSome } from './quote.js';
import { splitOfFolder } from './split-folder.js';

/** How pictures lie in a source, below whatever folders they share. */
type LayoutKind =
  /** `<split>/<label>_<id>.jpg`: Food-5K as its authors publish it. */
  | 'split-label'
  /** `<split>/<class>/<file>`; folders below the class are part of the file's name. */
  | 'split-class'
  /** `<class>/<file>`: split by hash. */
  | 'class';

/** Where one picture belongs. */
export interface PlacedPicture {
  /** Path inside the source. */
  readonly path: string;
  /** `undefined` where the layout has no splits. */
  readonly split: SplitName | undefined;
  /** Label by name, in Unicode's composed form. */
  readonly class: string;
  /** File name without ending, for people; may hold `/`. Untrusted. */
  readonly stem: string;
}

export interface Layout {
  readonly kind: LayoutKind;
  /** The folders that all pictures share, `''` for none. */
  readonly root: string;
  readonly placed: readonly PlacedPicture[];
  /** Pictures that lie elsewhere, such as a drawing in a repository's docs: set aside and counted. */
  readonly outside: readonly string[];
}

/** Class names by label: `{ '0': 'non_food', '1': 'food' }`. */
export type ClassMap = Readonly<Record<string, string>>;

/** More pictures than this share outside of the layout mean that it was not understood. */
const MOST_OUTSIDE = 0.05;

const EXPECTED =
  'Expected <split>/<class>/<picture>, <split>/<label>_<id>.jpg or <class>/<picture>, with the splits training, ' +
  'validation and evaluation (or train, val, test)';

/** A folder under which split folders lie, and what is in them. */
interface SplitRoot {
  readonly root: string;
  /** Split folders as they are called. */
  readonly folders: Set<string>;
  pictures: number;
}

/**
 * Recognises how the pictures of a source lie, from their paths alone, in any order.
 *
 * `classMap` renames labels: every label of a flat layout must be in it; of folder layouts, those that are in it are
 * renamed. Without a map, labels are class names as they are (`0`, `1`).
 *
 * Throws {@link BadInput} where there is no picture, no layout fits, two folders stand for one split, or more than 5 %
 * of the pictures lie outside of the layout.
 */
export function recogniseLayout(paths: readonly string[], classMap?: ClassMap): Layout {
  if (paths.length === 0) throw new BadInput(`The source holds no pictures. ${EXPECTED}.`);
  const splitRoot = findSplitRoot(paths);
  const layout =
    splitRoot === undefined ? placeByClass(paths, classMap) : placeBySplit(paths, splitRoot, classMap);
  assertMostPlaced(layout, paths.length);
  return layout;
}

/** Folders of classes in which no picture lies, among all `folders` of a source: each is an empty class. */
export function findEmptyClasses(layout: Layout, folders: readonly string[]): readonly string[] {
  if (layout.kind === 'split-label') return [];
  const classFolder = (path: string) => cutToClassFolder(layout, path);
  const filled = new Set(layout.placed.map(({ path }) => classFolder(folderOf(path))));
  const all = folders.map(classFolder).filter((folder): folder is string => folder !== undefined);
  return [...new Set(all)].filter((folder) => !filled.has(folder)).sort();
}

/** The class folder that a folder is or lies in, `undefined` for folders above and elsewhere. */
function cutToClassFolder({ kind, root }: Layout, folder: string): string | undefined {
  const parts = partsBelow(root, folder);
  const depth = kind === 'class' ? 1 : 2;
  if (parts === undefined || parts.length < depth) return undefined;
  if (kind === 'class' && parts.length > 1) return undefined;
  if (kind === 'split-class' && splitOfFolder(parts[0] ?? '') === undefined) return undefined;
  return [...(root === '' ? [] : [root]), ...parts.slice(0, depth)].join('/');
}

/** The parts of a path below `root`, `undefined` where it lies elsewhere. */
function partsBelow(root: string, path: string): string[] | undefined {
  if (root === '') return path.split('/');
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1).split('/') : undefined;
}

/**
 * The folder under which the splits lie: the one with the most different splits, then the most pictures. A single
 * folder called `test` among others may be a class, so that it counts only where nearly everything lies in it.
 */
function findSplitRoot(paths: readonly string[]): SplitRoot | undefined {
  const roots = new Map<string, SplitRoot>();
  for (const path of paths) noteSplitRoots(roots, path.split('/'));
  const [best] = [...roots.values()].sort(
    (a, b) => countSplits(b) - countSplits(a) || b.pictures - a.pictures || a.root.length - b.root.length,
  );
  if (best === undefined) return undefined;
  const isSure = countSplits(best) > 1 || best.pictures >= paths.length * (1 - MOST_OUTSIDE);
  return isSure ? best : undefined;
}

function noteSplitRoots(roots: Map<string, SplitRoot>, parts: readonly string[]): void {
  for (const [depth, folder] of parts.slice(0, -1).entries()) {
    if (splitOfFolder(folder) === undefined) continue;
    const root = parts.slice(0, depth).join('/');
    const known = roots.get(root) ?? { root, folders: new Set(), pictures: 0 };
    known.folders.add(folder);
    known.pictures++;
    roots.set(root, known);
  }
}

const countSplits = ({ folders }: SplitRoot): number =>
  new Set([...folders].map((folder) => splitOfFolder(folder))).size;

function placeBySplit(paths: readonly string[], splitRoot: SplitRoot, classMap?: ClassMap): Layout {
  const { root } = splitRoot;
  assertOneFolderPerSplit(splitRoot);
  const inside = paths.filter((path) => splitOfFolder(partsBelow(root, path)?.[0] ?? '') !== undefined);
  const nested = inside.filter((path) => (partsBelow(root, path)?.length ?? 0) > 2).length;
  const kind = nested * 2 > inside.length ? 'split-class' : 'split-label';
  const place = kind === 'split-class' ? placeInClassFolder : placeByLabel;
  return collect(kind, root, paths, (parts, path) => {
    const [folder = '', ...rest] = parts;
    const split = splitOfFolder(folder);
    return split === undefined ? undefined : place(rest, { path, split }, classMap);
  });
}

function placeByClass(paths: readonly string[], classMap?: ClassMap): Layout {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const folder = folderOf(path);
    if (folder !== '') counts.set(folderOf(folder), (counts.get(folderOf(folder)) ?? 0) + 1);
  }
  const [best] = [...counts].sort(([a, n], [b, m]) => m - n || a.length - b.length || (a < b ? -1 : 1));
  if (best === undefined) throw notRecognised(paths);
  return collect('class', best[0], paths, (parts, path) =>
    parts.length === 2 ? placeInClassFolder(parts, { path, split: undefined }, classMap) : undefined,
  );
}

type Place = Pick<PlacedPicture, 'path' | 'split'>;

function placeInClassFolder(
  parts: readonly string[],
  place: Place,
  classMap?: ClassMap,
): PlacedPicture | undefined {
  const [folder = '', ...rest] = parts;
  if (rest.length === 0) return undefined;
  const label = folder.normalize('NFC');
  return { ...place, class: lookUp(classMap, label) ?? label, stem: withoutExtension(rest.join('/')) };
}

function placeByLabel(
  parts: readonly string[],
  place: Place,
  classMap?: ClassMap,
): PlacedPicture | undefined {
  if (parts.length !== 1) return undefined;
  const stem = withoutExtension(parts[0] ?? '');
  const label = /^(.+)_[^_]+$/s.exec(stem)?.[1]?.normalize('NFC');
  if (label === undefined) return undefined;
  const name = classMap === undefined ? label : lookUp(classMap, label);
  if (name === undefined)
    throw new BadInput(
      `${quote(place.path)} has the label ${quote(label)}, expected one of the class map's: ` +
        `${Object.keys(classMap ?? {})
          .map(quote)
          .join(', ')}. Add the label to the class map, or remove the picture.`,
    );
  return { ...place, class: name, stem };
}

/** Own properties only: a label may well be called `constructor`. */
function lookUp(classMap: ClassMap | undefined, label: string): string | undefined {
  return classMap !== undefined && Object.hasOwn(classMap, label) ? classMap[label] : undefined;
}

function collect(
  kind: LayoutKind,
  root: string,
  paths: readonly string[],
  place: (parts: readonly string[], path: string) => PlacedPicture | undefined,
): Layout {
  const placed: PlacedPicture[] = [];
  const outside: string[] = [];
  for (const path of paths) {
    const parts = partsBelow(root, path);
    const picture = parts === undefined ? undefined : place(parts, path);
    if (picture === undefined) outside.push(path);
    else placed.push(picture);
  }
  return { kind, root, placed, outside };
}

function assertOneFolderPerSplit({ root, folders }: SplitRoot): void {
  for (const split of SPLITS) {
    const same = [...folders].filter((folder) => splitOfFolder(folder) === split).sort();
    if (same.length > 1)
      throw new BadInput(
        `The folders ${same.map(quote).join(' and ')}${root === '' ? '' : ` in ${quote(root)}`} both stand for the ` +
          `${split} split; expected one. Merge or rename them.`,
      );
  }
}

function assertMostPlaced({ placed, outside, root }: Layout, total: number): void {
  if (placed.length > 0 && outside.length <= total * MOST_OUTSIDE) return;
  if (placed.length === 0) throw notRecognised(outside);
  throw new BadInput(
    `${count(outside.length)} of ${count(total)} pictures lie outside of the layout found in ` +
      `${root === '' ? 'the source' : quote(root)}: ${quoteSome(outside)}. ${EXPECTED}; move the others away.`,
  );
}

function notRecognised(paths: readonly string[]): BadInput {
  return new BadInput(
    `The layout of the ${count(paths.length)} pictures (${quoteSome(paths)}) is not one that Graft knows. ${EXPECTED}.`,
  );
}
