import { addScaled, dot } from '../../heads/vectors.js';

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly product: number;
}

/**
 * What a minimisation remembers of its last `most` steps, and the direction that they suggest: L-BFGS's two loops (Nocedal,
 * "Updating quasi-Newton matrices with limited storage", 1980).
 */
export function createLimitedMemory(most: number) {
  const pairs: Pair[] = [];
  return {
    /** @param change of the gradient over the step. Steps along which it does not grow are not noted. */
    note(step: Float64Array, change: Float64Array): void {
      const product = dot(step, change);
      if (!(product > 0)) return;
      pairs.push({ step, change, product });
      if (pairs.length > most) pairs.shift();
    },
    /** A direction of descent. */
    direct(gradient: Float64Array): Float64Array {
      const direction = gradient.map((value) => -value);
      const shares = pairs.toReversed().map(({ step, change, product }) => {
        const share = dot(step, direction) / product;
        addScaled(direction, -share, change);
        return share;
      });
      const last = pairs.at(-1);
      const scale = last === undefined ? 1 : last.product / dot(last.change, last.change);
      for (let at = 0; at < direction.length; at++) direction[at] = scale * (direction[at] ?? 0);
      for (const [at, { step, change, product }] of pairs.entries())
        addScaled(direction, (shares[pairs.length - 1 - at] ?? 0) - dot(change, direction) / product, step);
      return direction;
    },
  };
}
