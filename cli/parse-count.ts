import { InvalidArgumentError } from 'commander';

/** Reads an option that is a whole number, 0 or more. Throws commander's error for anything else. */
export function parseCount(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number)) return number;
  throw new InvalidArgumentError(`Expected a whole number, received "${text}".`);
}

/** The same, 1 or more. */
export function parsePositiveCount(text: string): number {
  const number = parseCount(text);
  if (number > 0) return number;
  throw new InvalidArgumentError(`Expected 1 or more, received "${text}".`);
}
