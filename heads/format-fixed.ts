/** Enough to write out any tie exactly: one at `digits` places ends after `digits + 1`. */
const EXACT_DIGITS = 40;

/**
 * Prints a number of 0 or more with a fixed count of digits as Python and C do: exact ties go to the even digit.
 * JavaScript's `toFixed` takes them up: `(0.125).toFixed(2)` is 0.13 where Python prints 0.12.
 */
export function formatFixed(value: number, digits: number): string {
  const exact = value.toFixed(EXACT_DIGITS);
  const end = exact.indexOf('.') + 1 + digits;
  const isTie = /^50*$/.test(exact.slice(end));
  const kept = digits === 0 ? exact.slice(0, end - 1) : exact.slice(0, end);
  const isEven = Number(kept.at(-1)) % 2 === 0;
  return isTie && isEven ? kept : value.toFixed(digits);
}
