import { describe, expect, test } from 'vitest';
import { fitHead } from '../../heads/fit-head.js';
import type { ClassWeight, HeadKind, HeadSettings, Matrix } from '../../heads/head.js';
import { LINEAR_SVM_DEFAULTS } from '../../heads/linear-svm.js';
import { decisionValues } from '../../heads/predict.js';
import { largestDifference, parityCase } from './parity.js';

const kinds: readonly HeadKind[] = ['logistic-regression', 'linear-svm'];
const settingsOf = (changes: Partial<HeadSettings>): HeadSettings => ({
  ...LINEAR_SVM_DEFAULTS,
  tol: 1e-11,
  ...changes,
});

interface Reference {
  readonly kind: HeadKind;
  readonly name: string;
  readonly C: number;
  readonly classWeight: ClassWeight;
  readonly coef: readonly (readonly number[])[];
  readonly intercept: readonly number[];
}

// scikit-learn 1.9.1: StandardScaler, then LogisticRegression(solver='newton-cg', tol=1e-13) or LinearSVC(dual=False,
// tol=1e-13), folded back: the first three coefficients of each class, and the intercepts (of the multinomial less their
// mean).
const references: readonly Reference[] = [
  {
    kind: 'linear-svm',
    name: 'unbalanced',
    C: 1,
    classWeight: 'none',
    coef: [[-0.16397714368726599, -0.18354674927735698, -0.49604958074329447]],
    intercept: [-1.3512787941657534],
  },
  {
    kind: 'linear-svm',
    name: 'unbalanced',
    C: 1,
    classWeight: 'balanced',
    coef: [[-0.36617890336620895, -0.29867788063352685, -0.6459794797985494]],
    intercept: [-1.369539267093037],
  },
  {
    kind: 'linear-svm',
    name: 'three',
    C: 0.1,
    classWeight: 'none',
    coef: [
      [-0.2412290675053827, 0.07783001219902391, 0.06403730372966039],
      [0.30125378463161845, 0.01503075014505173, 0.003831715176931247],
      [-0.0912629967046286, -0.0317365539560603, -0.0541706898117356],
    ],
    intercept: [0.2992254307670523, -1.2143080019156158, -0.05984250089096543],
  },
  {
    kind: 'linear-svm',
    name: 'three',
    C: 0.1,
    classWeight: 'balanced',
    coef: [
      [-0.24309333709402275, 0.07698077031636973, 0.06406784534341384],
      [0.30116323742704365, 0.015112926059093762, 0.003608704407762638],
      [-0.09165309561608831, -0.030255517101044464, -0.05384702597190265],
    ],
    intercept: [0.3244575508848465, -1.2164482416949591, -0.07633974593337461],
  },
  {
    kind: 'logistic-regression',
    name: 'unbalanced',
    C: 1,
    classWeight: 'none',
    coef: [[-0.32736518966211886, -0.5475229685938142, -1.116203219308675]],
    intercept: [-3.8186394193698754],
  },
  {
    kind: 'logistic-regression',
    name: 'unbalanced',
    C: 1,
    classWeight: 'balanced',
    coef: [[-0.7981536354162458, -0.5729296791252195, -1.2171541983260195]],
    intercept: [-3.1185054175836893],
  },
  {
    kind: 'logistic-regression',
    name: 'three',
    C: 0.1,
    classWeight: 'none',
    coef: [
      [-0.3942433281442863, 0.06496768963377644, 0.07071667910127898],
      [0.4798786075739342, 0.027961373386987655, 0.013356141121042511],
      [-0.08563527942964871, -0.09292906302076352, -0.08407282022232151],
    ],
    intercept: [1.014596243436043, -1.4798926707327875, 0.4652964272967446],
  },
  {
    kind: 'logistic-regression',
    name: 'three',
    C: 0.1,
    classWeight: 'balanced',
    coef: [
      [-0.39479441368461227, 0.06413198867161243, 0.06921202644342944],
      [0.4748162075570375, 0.02836422565022807, 0.013179692071401261],
      [-0.08002179387242592, -0.0924962143218407, -0.0823917185148313],
    ],
    intercept: [1.0624490734010559, -1.4826642930072824, 0.42021521960622665],
  },
];

test.each(references)(
  '$kind on standardised columns of "$name", class weights $classWeight, is that of scikit-learn',
  ({ kind, name, C, classWeight, coef, intercept }) => {
    const { training, classes } = parityCase(name);
    const settings = settingsOf({ C, classWeight, standardise: true });
    const head = fitHead(kind, training.features, training.labels, classes, settings);
    const firstThree = head.coef.map((row) => row.subarray(0, 3));
    expect(head.convergence.converged).toBe(true);
    expect(largestDifference(firstThree, coef)).toBeLessThan(1e-7);
    expect(largestDifference([head.intercept], [intercept])).toBeLessThan(1e-7);
  },
);

/** Columns that float32 holds exactly before and after standardising: mean + scale · (±1), as many of each; one constant. */
function exactRows(): { readonly raw: Matrix; readonly standardised: Matrix; readonly labels: number[] } {
  const [rows, columns] = [32, 6];
  // Bits of the row's number are balanced, and so are exclusive ors of them.
  const patterns = [1, 2, 4, 8, 3];
  const signs = (row: number, column: number): number => {
    const bits = row & (patterns[column] ?? 0);
    return bits.toString(2).replaceAll('0', '').length % 2 === 0 ? 1 : -1;
  };
  const cells = Array.from({ length: rows * columns }, (_, at) => [Math.floor(at / columns), at % columns]);
  const standardised = cells.map(([row = 0, column = 0]) => (column === 5 ? 0 : signs(row, column)));
  const raw = cells.map(
    ([, column = 0], at) => 1000 * (column + 1) + 2 ** (column - 2) * (standardised[at] ?? 0),
  );
  return {
    raw: { rows, columns, data: Float32Array.from(raw) },
    standardised: { rows, columns, data: Float32Array.from(standardised) },
    labels: Array.from({ length: rows }, (_, row) => (row < 3 ? row : (row * row + (row >> 2)) % 3)),
  };
}

describe.each(kinds)('%s with standardised columns', (kind) => {
  const { raw, standardised, labels } = exactRows();
  const classes = ['a', 'b', 'c'];

  test.each(['none', 'balanced'] as const)(
    'decides raw rows as one that is fitted on standardised rows decides these, class weights %s',
    (classWeight) => {
      const inside = fitHead(kind, raw, labels, classes, settingsOf({ classWeight, standardise: true }));
      const outside = fitHead(kind, standardised, labels, classes, settingsOf({ classWeight }));
      const difference = largestDifference(
        [decisionValues(inside, raw)],
        [decisionValues(outside, standardised)],
      );
      // Softmax scores have a common shift that nothing but the intercepts' mean decides, and means of 6,000 magnify it.
      expect(difference).toBeLessThan(1e-7);
      expect(inside.convergence.objective).toBeCloseTo(outside.convergence.objective, 9);
    },
  );

  test('gives a constant column no weight', () => {
    const head = fitHead(
      kind,
      raw,
      labels,
      classes,
      settingsOf({ classWeight: 'balanced', standardise: true }),
    );
    expect(head.coef.map((row) => row[5])).toEqual([0, 0, 0]);
    expect(head.coef.flatMap((row) => [...row.subarray(0, 5)])).not.toContain(0);
  });

  test('does not feel what its columns are multiplied by', () => {
    const scaled = { ...raw, data: raw.data.map((value, at) => value * 2 ** ((at % raw.columns) - 3)) };
    const settings = settingsOf({ standardise: true });
    const decide = (features: Matrix): Float64Array =>
      decisionValues(fitHead(kind, features, labels, classes, settings), features);
    expect(largestDifference([decide(scaled)], [decide(raw)])).toBeLessThan(1e-9);
  });
});
