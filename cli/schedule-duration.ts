import { InvalidArgumentError } from 'commander';

const DURATION = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

/** Milliseconds of a day, an hour, a minute, a second. */
const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** Longer than anything that a schedule can mean; longer still overflows the server's own numbers. */
const LONGEST_DAYS = 3_650;

/** Reads `90s`, `5m`, `1h30m` or `7d` into milliseconds. Throws commander's error for anything else, zero included. */
export function parseDuration(text: string): number {
  const counts = DURATION.exec(text)?.slice(1) ?? [];
  const duration = UNITS.reduce((sum, [, unit], at) => sum + Number(counts[at] ?? 0) * unit, 0);
  if (duration > 0 && duration <= LONGEST_DAYS * UNITS[0][1]) return duration;
  throw new InvalidArgumentError(
    `Expected a duration such as 90s, 5m, 1h30m or 7d, more than 0 and at most ${LONGEST_DAYS}d, received "${text}".`,
  );
}

/** Writes milliseconds as {@link parseDuration} reads them; parts of a second are left out. */
export function formatDuration(milliseconds: number): string {
  let left = milliseconds;
  const parts = UNITS.map(([name, unit]) => {
    const count = Math.floor(left / unit);
    left -= count * unit;
    return count === 0 ? '' : `${count}${name}`;
  });
  return parts.join('') || '0s';
}
