/** Largest difference of two vectors, in standard deviations of the expected one. */
export function differenceInDeviations(received: Float32Array, expected: Float32Array): number {
  if (received.length !== expected.length || expected.length === 0)
    throw new Error(`Vectors of ${received.length} and ${expected.length} numbers do not compare.`);
  const mean = expected.reduce((sum, value) => sum + value, 0) / expected.length;
  const variance = expected.reduce((sum, value) => sum + (value - mean) ** 2, 0) / expected.length;
  const greatest = expected.reduce(
    (most, value, at) => Math.max(most, Math.abs(value - (received[at] ?? Number.NaN))),
    0,
  );
  return greatest / Math.sqrt(variance);
}
