/**
 * Part of a batch, named by how it was halved: `a` is the first half, `ab` the second half of that. The empty name is the
 * whole batch.
 */
export type PartName = string;

/** The images of a part, in their order; of an odd number the first half has one more. */
export function imagesOfPart<Image>(images: readonly Image[], part: PartName): readonly Image[] {
  return Array.from(part).reduce((rest, half) => {
    const middle = Math.ceil(rest.length / 2);
    return half === 'a' ? rest.slice(0, middle) : rest.slice(middle);
  }, images);
}

/** The how-manieth time a batch is run. */
export interface Tries {
  /** Retries that somebody asked for. */
  readonly round: number;
  /** Times that it was begun anew in this round, because the run had been paused over trouble. */
  readonly troubles: number;
}

/**
 * `training-0007`; `training-0007-r1` in the first retry, `training-0007-r1ab` for a quarter of it; `training-0007-t1`
 * after a first trouble. Every execution of a run has a name of its own.
 */
export function nameOfWork(batchId: string, { round, troubles }: Tries, part: PartName): string {
  const suffix = [round === 0 ? '' : `r${round}`, troubles === 0 ? '' : `t${troubles}`, part].join('');
  return suffix === '' ? batchId : `${batchId}-${suffix}`;
}
