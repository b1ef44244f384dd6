import { BadInput } from '../errors/graft-error.js';

/** Class names and their ids: ids count the classes from 0 in code point order, as scikit-learn's `LabelEncoder` does. */
export interface LabelEncoder {
  /** Sorted by code point, without repetition; a class's id is its place here. */
  readonly classes: readonly string[];
  /** The id of a class. Throws {@link BadInput} for a class that is not one of `classes`. */
  encode(label: string): number;
  /** The class of an id. Throws {@link BadInput} for an id outside `0 … classes.length − 1`. */
  decode(id: number): string;
}

/**
 * Learns the classes from labels, in any order and with repetition.
 *
 *     createLabelEncoder(['non_food', 'food', 'food']).encode('non_food'); // 1
 */
export function createLabelEncoder(labels: Iterable<string>): LabelEncoder {
  const classes = [...new Set(labels)].sort(compareCodePoints);
  const ids = new Map(classes.map((label, id) => [label, id]));
  return {
    classes,
    encode(label) {
      const id = ids.get(label);
      if (id === undefined)
        throw new BadInput(`Label ${quote(label)} is none of the classes ${list(classes)}.`);
      return id;
    },
    decode(id) {
      const label = classes[id];
      if (label === undefined)
        throw new BadInput(
          `Class id ${id} does not exist: expected a whole number from 0 to ${classes.length - 1}.`,
        );
      return label;
    },
  };
}

/**
 * Orders strings by code point. JavaScript's own order is by UTF-16 code unit, which puts emoji before U+E000…U+FFFF
 * and so would give classes other ids than Python.
 */
export function compareCodePoints(a: string, b: string): number {
  const left = Array.from(a);
  const right = Array.from(b);
  const different = left.findIndex((character, at) => character !== right[at]);
  if (different === -1) return left.length - right.length;
  return (left[different]?.codePointAt(0) ?? -1) - (right[different]?.codePointAt(0) ?? -1);
}

const quote = (label: string): string => JSON.stringify(label);

const MOST_LISTED = 10;

function list(classes: readonly string[]): string {
  const shown = classes.slice(0, MOST_LISTED).map(quote).join(', ');
  return classes.length > MOST_LISTED ? `${shown} and ${classes.length - MOST_LISTED} more` : shown;
}
