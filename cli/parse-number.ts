import { InvalidArgumentError } from 'commander';

/** A number that was typed. */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value))
    throw new InvalidArgumentError(`Expected a number, received "${text}".`);
  return value;
}
