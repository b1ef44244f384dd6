/** Batches that share an extractor, in the order in which they came. */
export interface Turns {
  /** Joins the end of the line: `beat` is called at progress of this batch, and of any that came before it. */
  join(beat: () => void): Turn;
}

export interface Turn {
  /** Tells that this batch got on. */
  progress(): void;
  /** The batch has ended, well or not. */
  leave(): void;
}

/**
 * An extractor serves first come, first served, so that progress of one batch is progress of those behind it: without
 * this, a batch that waits for two large ones would look as dead as one that is stuck. The first of the line counts on
 * nobody but itself, so a batch that is stuck falls silent as soon as those before it have ended.
 */
export function createTurns(): Turns {
  const line = new Set<() => void>();
  return {
    join(beat) {
      const place = (): void => beat();
      line.add(place);
      return {
        progress() {
          if (!line.has(place)) return;
          const all = [...line];
          for (const each of all.slice(all.indexOf(place))) each();
        },
        leave: () => void line.delete(place),
      };
    },
  };
}
