import { fc } from '../support/properties.js';
import type { Matrix } from '../../heads/head.js';

export interface TrainingSet {
  readonly features: Matrix;
  readonly labels: readonly number[];
  readonly classes: readonly string[];
  readonly C: number;
}

/**
 * Small random training sets in which every class has rows. Features are multiples of 1/64 in [−4, 4], so that float32
 * stays exact when whole numbers up to 2¹⁴ are added.
 */
export function trainingSets({
  classCount,
}: { readonly classCount?: number } = {}): fc.Arbitrary<TrainingSet> {
  const shape = fc.record({
    classCount: classCount === undefined ? fc.integer({ min: 2, max: 4 }) : fc.constant(classCount),
    extraRows: fc.integer({ min: 4, max: 24 }),
    columns: fc.integer({ min: 1, max: 9 }),
    C: fc.constantFrom(0.01, 1, 30),
  });
  return shape.chain(({ classCount: count, extraRows, columns, C }) => {
    const rows = count + extraRows;
    return fc.record({
      features: fc
        .array(fc.integer({ min: -256, max: 256 }), { minLength: rows * columns, maxLength: rows * columns })
        .map((values) => ({ rows, columns, data: Float32Array.from(values, (value) => value / 64) })),
      labels: fc
        .array(fc.nat({ max: count - 1 }), { minLength: extraRows, maxLength: extraRows })
        .map((labels) => [...Array.from({ length: count }, (_, id) => id), ...labels]),
      classes: fc.constant(Array.from({ length: count }, (_, id) => String(id))),
      C: fc.constant(C),
    });
  });
}
