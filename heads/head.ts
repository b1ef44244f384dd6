/** A dense row-major matrix of float32 numbers: `rows × columns` in `data`. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** How class weights are chosen: all 1, or n / (classes · count of the class) as in scikit-learn. */
export type ClassWeight = 'none' | 'balanced';

/** Hyperparameters of logistic regression, named and defaulted as in scikit-learn. */
export interface LogisticRegressionSettings {
  /** Inverse of the strength of L2 regularisation; > 0. Default 1. */
  readonly C: number;
  /** Default `none`. */
  readonly classWeight: ClassWeight;
  /**
   * Tolerance on the gradient's infinity norm relative to its start, both with columns centred and every entry over the
   * root of the Hessian's diagonal there, as the solver sees it. Default 1e-8.
   */
  readonly tol: number;
  /** Newton iterations at most. Default 100. */
  readonly maxIterations: number;
}

/** How the solver ended. */
export interface Convergence {
  readonly converged: boolean;
  readonly iterations: number;
  /** Infinity norm of the objective's gradient by `coef` and `intercept` at the solution. */
  readonly gradientNorm: number;
  readonly objective: number;
}

/**
 * A trained linear model. Binary: one row of `coef` and one intercept, about `classes[1]`, as in scikit-learn; more
 * classes: one row each (multinomial).
 */
export interface Head {
  readonly kind: 'logistic-regression';
  /** In the label encoder's order. */
  readonly classes: readonly string[];
  /** `[1 | classes][dimensions]`, float64. */
  readonly coef: readonly Float64Array[];
  readonly intercept: readonly number[];
  readonly settings: LogisticRegressionSettings;
  readonly convergence: Convergence;
}
