import { BadInput } from '../errors/graft-error.js';
import { countLabels } from './class-weights.js';
import type { HeadSettings, Matrix } from './head.js';

/** Throws {@link BadInput} with one sentence where a head cannot be trained on this. */
export function checkTrainingData(
  features: Matrix,
  labels: ArrayLike<number>,
  classes: readonly string[],
): void {
  checkFeatures(features);
  if (labels.length !== features.rows)
    throw new BadInput(
      `Expected one label per row of features, ${features.rows}, and received ${labels.length} labels.`,
    );
  if (classes.length < 2)
    throw new BadInput(
      `Training needs pictures of at least two classes and received ${classes.length === 0 ? 'none' : `only ${JSON.stringify(classes[0])}`}: add pictures of another class.`,
    );
  if (features.rows < classes.length)
    throw new BadInput(
      `Training needs at least one row per class, ${classes.length}, and received ${features.rows}: add pictures.`,
    );
  checkLabels(labels, classes);
}

/** Throws {@link BadInput} where the matrix's size is not what it says or a number is NaN or infinite. */
export function checkFeatures({ rows, columns, data }: Matrix): void {
  if (data.length !== rows * columns || columns < 1)
    throw new BadInput(
      `Expected ${rows} × ${columns} features (rows × columns, at least one column), received ${data.length} numbers.`,
    );
  const stray = findStray(data);
  if (stray !== -1)
    throw new BadInput(
      `Features, row ${Math.floor(stray / columns)}, column ${stray % columns}: expected a finite number, received ${data[stray] ?? 'none'}. Compute the features again.`,
    );
}

/** Place of the first number that is NaN or infinite, or −1; a plain loop, six times as fast as `findIndex`. */
function findStray(data: Float32Array): number {
  for (let at = 0; at < data.length; at++) if (!Number.isFinite(data[at])) return at;
  return -1;
}

function checkLabels(labels: ArrayLike<number>, classes: readonly string[]): void {
  const stray = Array.from(labels).findIndex((label) => classes[label] === undefined);
  if (stray !== -1)
    throw new BadInput(
      `Label of row ${stray}: expected a whole number from 0 to ${classes.length - 1}, received ${labels[stray] ?? 'none'}.`,
    );
  const empty = countLabels(labels, classes.length).indexOf(0);
  if (empty !== -1)
    throw new BadInput(
      `Training has no rows of class ${JSON.stringify(classes[empty])}: add pictures of it, or leave the class out.`,
    );
}

/** Throws {@link BadInput} with one sentence for a setting that makes no sense. */
export function checkSettings(settings: HeadSettings): void {
  const { C, tol, maxIterations, classWeight, standardise } = settings;
  if (!(C > 0 && Number.isFinite(C)))
    throw new BadInput(
      `C, the inverse of the regularisation: expected a finite number above 0, received ${C}.`,
    );
  if (!(tol > 0 && Number.isFinite(tol)))
    throw new BadInput(`tol: expected a finite number above 0, received ${tol}.`);
  if (!(Number.isInteger(maxIterations) && maxIterations >= 1))
    throw new BadInput(`maxIterations: expected a whole number of at least 1, received ${maxIterations}.`);
  if (!['none', 'balanced'].includes(classWeight))
    throw new BadInput(
      `classWeight: expected "none" or "balanced", received ${JSON.stringify(classWeight)}.`,
    );
  if (![undefined, true].includes(standardise))
    throw new BadInput(`standardise: expected true or nothing, received ${JSON.stringify(standardise)}.`);
}
