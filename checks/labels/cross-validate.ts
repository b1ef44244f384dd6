/** One fold and the rest, as rows. */
export interface Fold {
  readonly held: readonly number[];
  readonly others: readonly number[];
}

/**
 * Each row's class probabilities by a head that was fitted without its fold: float64, rows × classes, row-major.
 *
 * @param foldOf fold of each row, 0 to `folds` − 1.
 * @param judge fits a head to the other rows and gives the probabilities of those held out.
 */
export async function crossValidate(
  classCount: number,
  foldOf: Uint8Array,
  folds: number,
  judge: (fold: Fold) => Promise<Float64Array>,
): Promise<Float64Array> {
  const probabilities = new Float64Array(foldOf.length * classCount);
  const rowsWhere = (isMeant: (fold: number) => boolean): number[] =>
    Array.from(foldOf.keys()).filter((row) => isMeant(foldOf[row] ?? 0));
  await Promise.all(
    Array.from({ length: folds }, async (_, fold) => {
      const held = rowsWhere((other) => other === fold);
      const ofHeld = await judge({ held, others: rowsWhere((other) => other !== fold) });
      held.forEach((row, at) => {
        probabilities.set(ofHeld.subarray(at * classCount, (at + 1) * classCount), row * classCount);
      });
    }),
  );
  return probabilities;
}
