export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}

/** target += factor · vector */
export function addScaled(target: Float64Array, factor: number, vector: Float64Array): void {
  for (let at = 0; at < target.length; at++) target[at] = (target[at] ?? 0) + factor * (vector[at] ?? 0);
}

/** The largest absolute entry. */
export const infinityNorm = (vector: Float64Array): number =>
  vector.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
