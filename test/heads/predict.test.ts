import { expect, test } from 'vitest';
import type { Head } from '../../heads/head.js';
import { decideClasses, decisionValues, predictClasses, predictProbabilities } from '../../heads/predict.js';

const binary: Head = {
  kind: 'logistic-regression',
  classes: ['food', 'non_food'],
  coef: [Float64Array.of(1, -1)],
  intercept: [0],
  settings: { C: 1, classWeight: 'none', tol: 1e-8, maxIterations: 100 },
  convergence: { converged: true, iterations: 1, gradientNorm: 0, objective: 0 },
};
const three: Head = {
  ...binary,
  classes: ['a', 'b', 'c'],
  coef: [Float64Array.of(1), Float64Array.of(0), Float64Array.of(-1)],
  intercept: [0, 0, 0],
};

test('a binary head is about its second class', () => {
  const features = { rows: 1, columns: 2, data: Float32Array.of(3, 1) };
  const [food, nonFood] = predictProbabilities(binary, features);
  expect(nonFood).toBeCloseTo(1 / (1 + Math.exp(-2)), 15);
  expect(food).toBeCloseTo(1 / (1 + Math.exp(2)), 15);
});

test('a probability far below rounding of 1 keeps its digits', () => {
  const features = { rows: 1, columns: 2, data: Float32Array.of(100, 0) };
  const [food] = predictProbabilities(binary, features);
  expect((food ?? 0) / Math.exp(-100)).toBeCloseTo(1, 12);
});

test('scores beyond what exp can take still give probabilities', () => {
  const features = { rows: 2, columns: 1, data: Float32Array.of(1e30, -1e30) };
  expect([...predictProbabilities(three, features)]).toEqual([1, 0, 0, 0, 0, 1]);
  const wide = { rows: 1, columns: 2, data: Float32Array.of(1e30, 0) };
  expect([...predictProbabilities(binary, wide)]).toEqual([0, 1]);
});

test('the most probable class is predicted, the first of equals', () => {
  const probabilities = Float64Array.of(0.2, 0.4, 0.4, 0.5, 0.5, 0, 0.1, 0.2, 0.7);
  expect([...predictClasses(probabilities, 3)]).toEqual([1, 0, 2]);
});

test('decision values are coef · features + intercept: one of two classes, one each of more', () => {
  const svm: Head = { ...three, kind: 'linear-svm', intercept: [0.5, 0, -0.5] };
  const features = { rows: 2, columns: 1, data: Float32Array.of(2, -1) };
  expect([...decisionValues(svm, features)]).toEqual([2.5, 0, -2.5, -0.5, 0, 0.5]);
  const pairs = { rows: 2, columns: 2, data: Float32Array.of(3, 1, 0, 4) };
  expect([...decisionValues({ ...binary, kind: 'linear-svm' }, pairs)]).toEqual([2, -4]);
});

test('of two classes the second is decided on above 0, of more the first that is largest', () => {
  expect([...decideClasses(Float64Array.of(-1, 0, 1e-300), 2)]).toEqual([0, 0, 1]);
  expect([...decideClasses(Float64Array.of(-3, -1, -1, 2, 2, 0), 3)]).toEqual([1, 0]);
});

test('a linear SVM is not asked for probabilities that it does not have', () => {
  const features = { rows: 1, columns: 1, data: Float32Array.of(1) };
  expect(() => predictProbabilities({ ...three, kind: 'linear-svm' }, features)).toThrow(
    /calibrate it first/,
  );
});

test('features of another length are refused', () => {
  const features = { rows: 1, columns: 3, data: Float32Array.of(1, 2, 3) };
  expect(() => predictProbabilities(binary, features)).toThrow(
    /expects features of 2 numbers and received 3/,
  );
});

test('features that are not numbers are refused', () => {
  const features = { rows: 1, columns: 2, data: Float32Array.of(1, Number.NaN) };
  expect(() => predictProbabilities(binary, features)).toThrow(/row 0, column 1/);
});
