import { BadInput } from '../../errors/graft-error.js';
import type { Sha256 } from '../dataset.js';
import type { PlacedPicture } from '../layout.js';
import { quote } from '../quote.js';
import { type Correction, contradiction } from './parse-corrections.js';

/** Labels that people gave to pictures, by which a source is read. */
export interface CorrectedLabels {
  /** What was said of a picture; `undefined` where nothing was. Throws `BadInput` where two rows say different things. */
  labelOf(path: string, sha256: Sha256): string | undefined;
  /** Throws `BadInput` for a label that is no class of the source. */
  assertKnownLabels(classes: readonly string[]): void;
  /** Throws `BadInput` for a correction that {@link labelOf} was asked about no picture of. */
  assertAllUsed(): void;
}

/** No correction at all. */
export const NO_CORRECTIONS = createCorrectedLabels([]);

export function createCorrectedLabels(corrections: readonly Correction[]): CorrectedLabels {
  const byHash = new Map<string, Correction>();
  const byPath = new Map<string, Correction>();
  for (const correction of corrections) {
    if (correction.sha256 !== undefined) byHash.set(correction.sha256, correction);
    else if (correction.path !== undefined) byPath.set(correction.path, correction);
  }
  const used = new Set<Correction>();
  return {
    labelOf(path, sha256) {
      const [a, b] = [byHash.get(sha256), byPath.get(path)];
      for (const correction of [a, b]) if (correction !== undefined) used.add(correction);
      if (a !== undefined && b !== undefined && a.label !== b.label) throw contradiction(a, b);
      return (a ?? b)?.label;
    },
    assertKnownLabels(classes) {
      const unknown = corrections.find(({ label }) => !classes.includes(label));
      if (unknown !== undefined)
        throw new BadInput(
          `Line ${unknown.line} of the corrections gives the label ${quote(unknown.label)}; expected one of ${classes.map(quote).join(', ')}.`,
        );
    },
    assertAllUsed() {
      const known = [...byHash.values(), ...byPath.values()];
      const stray = known.find((correction) => !used.has(correction));
      if (stray !== undefined)
        throw new BadInput(
          `Line ${stray.line} of the corrections is about a picture that the source does not have: ${quote(stray.sha256 ?? stray.path ?? '')}. Remove the line, or correct it.`,
        );
    },
  };
}

/** The picture under its corrected label. */
export function relabel(
  picture: PlacedPicture,
  sha256: Sha256,
  labels: CorrectedLabels = NO_CORRECTIONS,
): PlacedPicture {
  const label = labels.labelOf(picture.path, sha256);
  return label === undefined || label === picture.class ? picture : { ...picture, class: label };
}
