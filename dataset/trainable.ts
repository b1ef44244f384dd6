import { BadInput } from '../errors/graft-error.js';
import { byCodePoint } from './code-point-order.js';
import { type QuarantinedImage, SPLITS, type SplitName } from './dataset.js';
import { count, quote } from './quote.js';

/** Pictures per split and class; every class is in every split, with 0 where it has none. */
export type ClassCounts = Readonly<Record<SplitName, Readonly<Record<string, number>>>>;

/** The classes of pictures in the label encoder's order (code points). */
export function classesOf(pictures: readonly { readonly class: string }[]): readonly string[] {
  return [...new Set(pictures.map((picture) => picture.class))].sort(byCodePoint);
}

type Labelled = readonly { readonly split: SplitName; readonly class: string }[];

/** Counts pictures per split and class, classes in the label encoder's order (code points). */
export function countClasses(pictures: Labelled): ClassCounts {
  const classes = classesOf(pictures);
  const countSplit = (split: SplitName) => {
    const counts = new Map(classes.map((name) => [name, 0]));
    for (const picture of pictures)
      if (picture.split === split) counts.set(picture.class, (counts.get(picture.class) ?? 0) + 1);
    return Object.fromEntries(counts);
  };
  return {
    training: countSplit('training'),
    validation: countSplit('validation'),
    evaluation: countSplit('evaluation'),
  };
}

/**
 * Throws {@link BadInput} unless a classifier can be trained, validated and evaluated on the pictures: at least two
 * classes, every split with pictures, every class in training and in evaluation.
 */
export function assertTrainable(counts: ClassCounts): void {
  const classes = Object.keys(counts.training);
  const sizes = SPLITS.map((split) => ({ split, size: sum(Object.values(counts[split])) }));
  if (sum(sizes.map(({ size }) => size)) === 0) throw new BadInput('The source holds no usable picture.');
  assertSeveralClasses(classes);
  const missing = sizes.filter(({ size }) => size === 0).map(({ split }) => split);
  if (missing.length > 0) throw new BadInput(describeMissing(missing, sizes));
  const untrained = classes.filter((name) => counts.training[name] === 0);
  if (untrained.length > 0)
    throw new BadInput(
      `The class ${quote(untrained[0] ?? '')} has no picture in the training split; expected every class there. ` +
        'Add some, or remove the class from the other splits.',
    );
  const untested = classes.filter((name) => counts.evaluation[name] === 0);
  if (untested.length > 0)
    throw new BadInput(
      `The class ${quote(untested[0] ?? '')} has no picture in the evaluation split; expected every class there, for ` +
        'nothing could be said of it. Add some, or split anew with another --seed where Graft splits.',
    );
}

/** Throws {@link BadInput} unless there are at least two classes. */
export function assertSeveralClasses(classes: readonly string[]): void {
  if (classes.length > 1) return;
  throw new BadInput(
    `The source holds one class only, ${classes.map(quote).join()}; expected at least two to tell apart. ` +
      'Add pictures of something else in a folder of their own.',
  );
}

function describeMissing(
  missing: readonly SplitName[],
  sizes: readonly { readonly split: SplitName; readonly size: number }[],
): string {
  const found = sizes.map(({ split, size }) => `${split} ${count(size)}`).join(', ');
  return (
    `The ${missing.join(' and ')} split${missing.length > 1 ? 's have' : ' has'} no pictures (found: ${found}); expected ` +
    'some in each. Add a folder for it, or pass <class>/<picture> folders with more pictures: Graft splits them itself.'
  );
}

/** Throws {@link BadInput} where more than `maxBadImageRate` (0 to 1) of all pictures are refused. */
export function assertFewBad(
  quarantined: readonly QuarantinedImage[],
  pictures: number,
  maxBadImageRate: number,
): void {
  if (quarantined.length <= pictures * maxBadImageRate) return;
  const examples = quarantined.slice(0, 5).map(({ path, reason }) => `${quote(path)} ${reason}`);
  const rest = quarantined.length > 5 ? `; and ${count(quarantined.length - 5)} more` : '';
  throw new BadInput(
    `${count(quarantined.length)} of ${count(pictures)} pictures are bad, more than maxBadImageRate allows ` +
      `(${maxBadImageRate * 100} %): ${examples.join('; ')}${rest}. Mend or remove them, or raise maxBadImageRate.`,
  );
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
