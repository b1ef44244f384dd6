import { readFileSync } from 'node:fs';
import type { Matrix } from '../../heads/head.js';

/** One scikit-learn 1.9.1 fit on the training rows of a case, and what it makes of the other rows. */
interface ReferenceFit {
  readonly model: string;
  readonly C: number;
  readonly coef: readonly (readonly number[])[];
  readonly intercept: readonly number[];
  readonly proba: readonly (readonly number[])[];
  /** `classification_report` with `digits=4`. */
  readonly report: string;
  /** The same with the default, `digits=2`. */
  readonly report2: string;
  readonly confusion: readonly (readonly number[])[];
  readonly log_loss: number;
  /** Of class 1; two classes only. */
  readonly roc_auc?: number;
  readonly average_precision?: number;
}

/** A scikit-learn 1.9.1 `LinearSVC` on the training rows of a case. */
interface ReferenceSvm {
  readonly C: number;
  readonly coef: readonly (readonly number[])[];
  readonly intercept: readonly number[];
  /** Class ids of the other rows. */
  readonly predicted: readonly number[];
}

export interface ReferenceCase {
  readonly name: string;
  readonly classes: readonly string[];
  readonly training: LabelledRows;
  readonly evaluation: LabelledRows;
  /** The logistic regressions. */
  readonly fits: readonly ReferenceFit[];
  readonly svms: readonly ReferenceSvm[];
}

interface LabelledRows {
  readonly features: Matrix;
  readonly labels: readonly number[];
}

interface ParityFile {
  readonly cases: readonly {
    readonly name: string;
    readonly shape: readonly [number, number];
    readonly x: string;
    readonly train: number;
    readonly y: readonly number[];
    readonly fits: readonly (ReferenceFit | (ReferenceSvm & { readonly model: string }))[];
  }[];
}

const folder = new URL('../fixtures/sklearn/', import.meta.url);

/** Reads test/fixtures/sklearn. */
export function readParityCases(): ReferenceCase[] {
  const { cases } = JSON.parse(readFileSync(new URL('parity.json', folder), 'utf8')) as ParityFile;
  return cases.map(({ name, shape: [rows, columns], x, train, y, fits }) => {
    const bytes = Uint8Array.from(readFileSync(new URL(x, folder)));
    const data = new Float32Array(bytes.buffer);
    const part = (from: number, to: number): LabelledRows => ({
      features: { rows: to - from, columns, data: data.slice(from * columns, to * columns) },
      labels: y.slice(from, to),
    });
    return {
      name,
      classes: Array.from({ length: Math.max(...y) + 1 }, (_, id) => String(id)),
      training: part(0, train),
      evaluation: part(train, rows),
      fits: fits.filter((fit) => 'proba' in fit),
      svms: fits.filter((fit) => 'predicted' in fit),
    };
  });
}

/** The case of that name. */
export function parityCase(name: string): ReferenceCase {
  const found = readParityCases().find((each) => each.name === name);
  if (found === undefined) throw new Error(`parity.json has no case ${name}`);
  return found;
}

/** The largest absolute difference of two tables of one shape. */
export function largestDifference(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  const left = a.flatMap((row) => Array.from(row));
  const right = b.flatMap((row) => Array.from(row));
  if (left.length !== right.length) throw new Error(`${left.length} numbers against ${right.length}`);
  return Math.max(...left.map((value, at) => Math.abs(value - (right[at] ?? Number.NaN))));
}
