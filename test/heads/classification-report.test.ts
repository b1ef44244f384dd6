import { expect, test } from 'vitest';
import { classificationReport } from '../../heads/classification-report.js';

// Expected texts are what scikit-learn 1.9.1 prints.
const labels = [0, 0, 1, 1, 2, 2, 2, 3];
const predicted = [0, 1, 1, 1, 2, 0, 2, 1];

test('a report on some of the classes says micro avg where others say accuracy', () => {
  const classes = ['apple', 'banana', 'cherry', 'date'];
  expect(classificationReport({ labels, predicted, classes, only: [0, 2] })).toBe(
    `              precision    recall  f1-score   support

       apple       0.50      0.50      0.50         2
      cherry       1.00      0.67      0.80         3

   micro avg       0.75      0.60      0.67         5
   macro avg       0.75      0.58      0.65         5
weighted avg       0.80      0.60      0.68         5
`,
  );
});

test('names are padded by code points, and a class that is never predicted right scores 0', () => {
  const classes = ['a', '🍎 apple', 'a class with a long name', 'd'];
  expect(classificationReport({ labels, predicted, classes, digits: 4 })).toBe(
    `                          precision    recall  f1-score   support

                       a     0.5000    0.5000    0.5000         2
                 🍎 apple     0.5000    1.0000    0.6667         2
a class with a long name     1.0000    0.6667    0.8000         3
                       d     0.0000    0.0000    0.0000         1

                accuracy                         0.6250         8
               macro avg     0.5000    0.5417    0.4917         8
            weighted avg     0.6250    0.6250    0.5917         8
`,
  );
});

test('a class without rows scores 0 and counts in the macro average', () => {
  const classes = ['a', 'b', 'c'];
  expect(classificationReport({ labels: [0, 0, 1], predicted: [0, 0, 1], classes, digits: 3 })).toBe(
    `              precision    recall  f1-score   support

           a      1.000     1.000     1.000         2
           b      1.000     1.000     1.000         1
           c      0.000     0.000     0.000         0

    accuracy                          1.000         3
   macro avg      0.667     0.667     0.667         3
weighted avg      1.000     1.000     1.000         3
`,
  );
});

test('fractions halfway between two prints go to the even digit: 0.125 and 0.375', () => {
  const halves = [...new Array<number>(8).fill(0), ...new Array<number>(8).fill(1)];
  const guesses = [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0];
  expect(classificationReport({ labels: halves, predicted: guesses, classes: ['x', 'y'] })).toBe(
    `              precision    recall  f1-score   support

           x       0.17      0.12      0.14         8
           y       0.30      0.38      0.33         8

    accuracy                           0.25        16
   macro avg       0.23      0.25      0.24        16
weighted avg       0.23      0.25      0.24        16
`,
  );
});
