/**
 * Numbers from 0 to 1 (exclusive), evenly spread, the same for the same seed on every machine: sfc32 (Chris
 * Doty-Humphrey, PractRand, 2010), 128 bits of state, so that a bootstrap of many draws meets no short period.
 *
 * `seed` is a whole number; its lowest 32 bits count.
 */
export function seededRandom(seed: number): () => number {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = seed | 0;
  let counter = 1;
  const next = (): number => {
    const result = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return (result >>> 0) / 2 ** 32;
  };
  // Neighbouring seeds begin alike; after these rounds they have nothing in common.
  for (let round = 0; round < WARM_UP; round++) next();
  return next;
}

const WARM_UP = 15;

/** The items in another order, every order being as likely (Fisher and Yates). */
export function shuffle<Item>(items: readonly Item[], random: () => number): Item[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [shuffled[last], shuffled[other]];
    if (a === undefined || b === undefined) continue;
    shuffled[last] = b;
    shuffled[other] = a;
  }
  return shuffled;
}
