/** A dense row-major matrix of float32 numbers: `rows × columns` in `data`. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** How class weights are chosen: all 1, or n / (classes · count of the class) as in scikit-learn. */
export type ClassWeight = 'none' | 'balanced';

/**
 * What a head is: logistic regression (multinomial beyond two classes), or a linear support vector machine with the
 * squared hinge (one against the rest beyond two classes).
 */
export type HeadKind = 'logistic-regression' | 'linear-svm';

/** Hyperparameters of either kind of head, named and defaulted as in scikit-learn. */
export interface HeadSettings {
  /** Inverse of the strength of L2 regularisation; > 0. Default 1. */
  readonly C: number;
  /** Default `none`. */
  readonly classWeight: ClassWeight;
  /**
   * Tolerance on the gradient's infinity norm relative to its start, both with columns centred and every entry over the
   * root of the Hessian's diagonal there, as the solver sees it. Default 1e-8.
   */
  readonly tol: number;
  /**
   * Newton iterations at most (for each class that is told from the rest). Default 100, of
   * linear SVMs 1000.
   */
  readonly maxIterations: number;
  /**
   * Fits on columns of mean 0 and variance 1; constant ones become 0. What is stored is folded back: it takes the
   * features as they are. Left out: no.
   */
  readonly standardise?: true;
}

export type LogisticRegressionSettings = HeadSettings;

/** How the solver ended. */
export interface Convergence {
  readonly converged: boolean;
  readonly iterations: number;
  /**
   * Infinity norm of the objective's gradient by `coef` and `intercept` at the solution; by those of the standardised
   * columns where these were fitted.
   */
  readonly gradientNorm: number;
  /** Of one-against-the-rest fits their sum. */
  readonly objective: number;
}

/**
 * A trained linear model. Binary: one row of `coef` and one intercept, about `classes[1]`, as in scikit-learn; more
 * classes: one row each. Its decision values are `coef · features + intercept`.
 */
export interface Head {
  readonly kind: HeadKind;
  /** In the label encoder's order. */
  readonly classes: readonly string[];
  /** `[1 | classes][dimensions]`, float64. */
  readonly coef: readonly Float64Array[];
  readonly intercept: readonly number[];
  readonly settings: HeadSettings;
  readonly convergence: Convergence;
}
