import type { FitOptions } from '../fit-options.js';
import type { FitPart, FittedPart } from '../fit-parts.js';
import type { HeadSettings } from '../head.js';
import { dot, infinityNorm } from '../vectors.js';
import type { SymmetricMatrix } from './gram-matrix.js';
import type { MatrixProduct } from './matrix-product.js';
import { type MeanOfRows, createRowProducts } from './row-products.js';
import { type RowSpan, combineRows, projectRows } from './row-span.js';
import { type SpanMinimum, type SpanPoint, minimiseInSpan } from './span-newton.js';

export interface GramPartInput {
  readonly span: RowSpan;
  readonly gram: SymmetricMatrix;
  readonly product: MatrixProduct;
  readonly part: FitPart;
  readonly labels: ArrayLike<number>;
  readonly settings: HeadSettings;
  readonly standardise: boolean;
  readonly start?: SpanPoint | undefined;
}

/** Minimises in the span of the rows, and gives the coefficients of the columns by one pass over them. */
export async function fitGramPart(
  input: GramPartInput,
  options: FitOptions,
): Promise<FittedPart & { readonly point: SpanPoint }> {
  const { span, gram, product, part, labels, settings, standardise, start } = input;
  const mean = part.interceptPenalty === 1 ? meanOfRows(span, standardise) : undefined;
  const { tol, maxIterations } = settings;
  const { outputs } = part.loss;
  const products = createRowProducts({ gram, product, outputs, mean });
  const begin = start ?? startOf(part, gram.rows);
  const minimum = await minimiseInSpan({ products, part, labels, start: begin, tol, maxIterations }, options);
  const { point } = minimum;
  const solved = toParameters(span, part, standardise, point);
  return {
    coef: solved.coef,
    intercept: solved.intercept,
    convergence: {
      converged: minimum.converged,
      iterations: minimum.iterations,
      gradientNorm: gradientNorm(span, part, standardise, minimum, solved.penalised),
      objective: minimum.objective,
    },
    point,
  };
}

/** No row counts; a penalised intercept is 0 then. */
const startOf = ({ loss: { outputs }, start, interceptPenalty }: FitPart, rows: number): SpanPoint => ({
  factors: new Float64Array(rows * outputs),
  intercepts: interceptPenalty === 0 ? start.intercepts : new Float64Array(outputs),
});

/** Standardised columns have no mean. */
function meanOfRows(span: RowSpan, standardise: boolean): MeanOfRows {
  if (standardise) return { projections: new Float64Array(span.features.rows), squared: 0 };
  const { mean } = span.columns;
  return { projections: projectRows(span, mean), squared: dot(mean, mean) };
}

interface SpanParameters extends Pick<FittedPart, 'coef' | 'intercept'> {
  /** What the penalty is about: coefficients, and intercepts where they are penalised, of the columns that are fitted. */
  readonly penalised: { readonly coef: readonly Float64Array[]; readonly intercept: readonly number[] };
}

function toParameters(
  span: RowSpan,
  { loss: { outputs }, interceptPenalty }: FitPart,
  standardise: boolean,
  { factors, intercepts }: SpanPoint,
): SpanParameters {
  const { columns } = span;
  const centred = combineRows(span, factors, outputs);
  const totals = sumByOutput(factors, outputs);
  if (interceptPenalty === 0) {
    const coef = centred.map((weights) => weights.map((value, at) => value / (columns.scale[at] ?? 1)));
    const intercept = coef.map((weights, k) => (intercepts[k] ?? 0) - dot(weights, columns.mean));
    return { coef, intercept, penalised: { coef: centred, intercept: [...intercepts] } };
  }
  // Rows of columns that are not centred: Σ factor · (centred row + mean), and their 1s: Σ factor.
  const whole = standardise
    ? centred
    : centred.map((weights, k) =>
        weights.map((value, at) => value + (totals[k] ?? 0) * (columns.mean[at] ?? 0)),
      );
  const coef = whole.map((weights) => weights.map((value, at) => value / (columns.scale[at] ?? 1)));
  const shift = (k: number): number => (standardise ? dot(coef[k] ?? NOTHING, columns.mean) : 0);
  return {
    coef,
    intercept: Array.from(totals, (total, k) => total - shift(k)),
    penalised: { coef: whole, intercept: [...totals] },
  };
}

/** The gradient's infinity norm by the coefficients and intercepts, worked out from the features themselves. */
function gradientNorm(
  span: RowSpan,
  { loss: { outputs }, interceptPenalty }: FitPart,
  standardise: boolean,
  { slopes }: SpanMinimum,
  { coef, intercept }: SpanParameters['penalised'],
): number {
  const { columns } = span;
  const sums = combineRows(span, slopes, outputs);
  const totals = sumByOutput(slopes, outputs);
  const byIntercept = totals.map((total, k) => total + interceptPenalty * (intercept[k] ?? 0));
  const byCoef = sums.map((sum, k) =>
    sum.map((value, at) => {
      const ofMean = standardise ? 0 : (totals[k] ?? 0) * (columns.mean[at] ?? 0);
      return value + ofMean + (coef[k]?.[at] ?? 0);
    }),
  );
  return Math.max(infinityNorm(byIntercept), ...byCoef.map(infinityNorm));
}

function sumByOutput(factors: Float64Array, outputs: number): Float64Array {
  const totals = new Float64Array(outputs);
  factors.forEach((factor, at) => (totals[at % outputs] = (totals[at % outputs] ?? 0) + factor));
  return totals;
}

const NOTHING = new Float64Array(0);
