import type { BackboneRecord } from './record.js';

/** Whether a model that stands on a backbone may become the champion. */
export type Promotion =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      /** One sentence for people, with what to do. */
      readonly reason: string;
    };

/** Validation accuracy that a quantised network may lose, as a share of all pictures: 0.5 points. */
export const MOST_LOSS = 0.005;

/** Differences of shares of whole pictures are exact to this. */
const ROUNDING = 1e-9;

/**
 * Decides by the record of `graft backbone test`: a float32 network always may; an int8 one where it was compared with
 * the network that it was made from and loses at most {@link MOST_LOSS} of validation accuracy.
 */
export function mayPromote({
  name,
  precision,
  quantisedFrom,
  test,
}: Pick<BackboneRecord, 'name' | 'precision' | 'quantisedFrom' | 'test'>): Promotion {
  if (precision === 'float32') return { allowed: true };
  const mend = `Run graft backbone test ${name}.`;
  if (test?.accuracy === undefined)
    return refuse(`Backbone "${name}" is int8 and its accuracy was never tested. ${mend}`);
  if (quantisedFrom !== undefined && test.against.fingerprint !== quantisedFrom.fingerprint)
    return refuse(
      `Backbone "${name}" was tested against ${test.against.name}, not against the ${quantisedFrom.name} that it was ` +
        `made from. ${mend}`,
    );
  const loss = test.accuracy.against - test.accuracy.own;
  if (loss <= MOST_LOSS + ROUNDING) return { allowed: true };
  return refuse(
    `Backbone "${name}" loses ${points(loss)} points of validation accuracy on ${test.accuracy.dataset} against ` +
      `${test.against.name}, more than the ${points(MOST_LOSS)} that a quantised network may. Use ${test.against.name}, or ` +
      'quantise again with more pictures like yours.',
  );
}

const refuse = (reason: string): Promotion => ({ allowed: false, reason });

/** A difference of accuracy in hundredths: `0.5`. */
const points = (share: number): string => (share * 100).toFixed(1);
