import type { ChecksFile } from '../checks/checks-file.js';
import type { FoundPicture } from '../checks/findings.js';
import { isLeak } from '../checks/judge-findings.js';

/** Most of each kind that a report shows, for it holds their thumbnails. */
export const MOST_PAIRS = 12;
export const MOST_SUSPECTS = 24;
export const MOST_OUTLIERS = 6;

/** Two pictures that are the same, or nearly so. */
export interface ShownPair {
  readonly pictures: readonly [FoundPicture, FoundPicture];
  /** Evaluation holds one of them, training or validation the other. */
  readonly leak: boolean;
  /** Of one and the same file: how many rows of the index are that file. */
  readonly copies?: number;
  /** Of near duplicates: the cosine of their centred features. */
  readonly cosine?: number;
}

/** What of a run's findings a report shows as pictures. */
export interface ShownFindings {
  readonly pairs: readonly ShownPair[];
  readonly suspects: Exclude<ChecksFile['labels'], string>['examples'];
  readonly outliers: Exclude<ChecksFile['outliers'], string>['examples'];
}

/** Picks the worst of each kind: of pairs the leaks first, then labels that contradict each other; else in the order of the findings. */
export function pickFindings({ identical, near, labels, outliers }: ChecksFile): ShownFindings {
  const pairs = [
    ...identical.examples.flatMap(pairOfFiles),
    ...(typeof near === 'string' ? [] : near.examples.map(pairOfNear)),
  ];
  return {
    pairs: pairs.toSorted((a, b) => rankOf(a) - rankOf(b)).slice(0, MOST_PAIRS),
    suspects: typeof labels === 'string' ? [] : labels.examples.slice(0, MOST_SUSPECTS),
    outliers: typeof outliers === 'string' ? [] : outliers.examples.slice(0, MOST_OUTLIERS),
  };
}

/** Every picture whose thumbnail is needed, each file once. */
export function picturesOf({ pairs, suspects, outliers }: ShownFindings): readonly FoundPicture[] {
  const shown = [
    ...pairs.flatMap(({ pictures }) => pictures),
    ...suspects.map(({ picture }) => picture),
    ...outliers.map(({ picture }) => picture),
  ];
  return [...new Map(shown.map((picture) => [picture.sha256, picture])).values()];
}

/** Whether two pictures that are the same bear different labels. */
export const isContradiction = ({ pictures: [a, b] }: ShownPair): boolean => a.class !== b.class;

const rankOf = (pair: ShownPair): number => (pair.leak ? 0 : isContradiction(pair) ? 1 : 2);

/** The two rows that differ most: by split, so that a leak is seen, else by class. */
function pairOfFiles(files: readonly FoundPicture[]): readonly ShownPair[] {
  const first = files.find(({ split }) => split === 'evaluation') ?? files[0];
  if (first === undefined) return [];
  const others = files.filter((file) => file !== first);
  const other =
    others.find(({ split }) => split !== first.split) ??
    others.find((file) => file.class !== first.class) ??
    others[0];
  if (other === undefined) return [];
  const pictures = [first, other] as const;
  return [{ pictures, leak: isLeak(pictures), copies: files.length }];
}

const pairOfNear = ({
  pictures,
  cosine,
}: Exclude<ChecksFile['near'], string>['examples'][number]): ShownPair => ({
  pictures,
  leak: isLeak(pictures),
  cosine,
});
