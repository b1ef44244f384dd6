import type { Interval } from '../heads/statistics/interval.js';

/** Printed where a number does not exist. */
export const NO_NUMBER = '–';

const NARROW_SPACE = '\u202F';

/** A metric may be missing: with one class only there is no ROC curve. */
export type MaybeNumber = number | null | undefined;

const exists = (value: MaybeNumber): value is number => typeof value === 'number' && Number.isFinite(value);

/**
 * A share from 0 to 1 as a percentage with one decimal, and as many more as it takes for only a whole to read as 100 and
 * only nothing to read as 0: `92.2 %`, `99.96 %`, `100 %`.
 */
export function formatPercent(share: MaybeNumber): string {
  if (!exists(share)) return NO_NUMBER;
  if (share === 0 || share === 1) return `${share * 100}${NARROW_SPACE}%`;
  for (let decimals = 1; ; decimals += 1) {
    const text = (share * 100).toFixed(decimals);
    const rounded = Number(text);
    if ((rounded !== 0 && rounded !== 100) || decimals === 6) return `${text}${NARROW_SPACE}%`;
  }
}

/** A difference of shares in hundredths, signed: `+0.81`, `−1.00`. */
export function formatPoints(difference: MaybeNumber): string {
  if (!exists(difference)) return NO_NUMBER;
  const text = Math.abs(difference * 100).toFixed(2);
  if (Number(text) === 0) return '0.00';
  return `${difference < 0 ? '−' : '+'}${text}`;
}

/** A metric with four decimals, as scikit-learn prints it. */
export function formatScore(value: MaybeNumber): string {
  return exists(value) ? value.toFixed(4) : NO_NUMBER;
}

/** A whole number with thousands separators: `1,480`. */
export function formatCount(value: MaybeNumber): string {
  return exists(value) ? Math.round(value).toLocaleString('en-US') : NO_NUMBER;
}

/** `1 picture`, `2 pictures`. */
export function countOf(value: MaybeNumber, one: string, many = `${one}s`): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`;
}

/** Wall time for people: `1.9 s`, `4 min 07 s`, `2 h 03 min`. */
export function formatSeconds(seconds: MaybeNumber): string {
  if (!exists(seconds)) return NO_NUMBER;
  if (seconds < 0.05) return `<${NARROW_SPACE}0.1${NARROW_SPACE}s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)}${NARROW_SPACE}s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  const pad = (part: number): string => String(part).padStart(2, '0');
  return hours > 0
    ? `${formatCount(hours)}${NARROW_SPACE}h ${pad(minutes)}${NARROW_SPACE}min`
    : `${minutes}${NARROW_SPACE}min ${pad(whole % 60)}${NARROW_SPACE}s`;
}

/** The size of a file: `0 bytes`, `412 bytes`, `18.3 kB`. */
export function formatBytes(bytes: MaybeNumber): string {
  if (!exists(bytes)) return NO_NUMBER;
  if (bytes < 1000) return countOf(bytes, 'byte');
  const units = ['kB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length);
  return `${(bytes / 1000 ** power).toFixed(1)}${NARROW_SPACE}${units[power - 1] ?? 'TB'}`;
}

/** An ISO 8601 instant as `2025-11-23 18:14 UTC`; anything else is given back as it is. */
export function formatInstant(instant: string): string {
  const milliseconds = Date.parse(instant);
  if (Number.isNaN(milliseconds)) return instant;
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Both ends of an interval of shares: `81.5–88.7 %`. */
export function formatPercentInterval(interval: Interval | null | undefined): string {
  if (interval === null || interval === undefined) return NO_NUMBER;
  const [lower, upper] = [formatPercent(interval.lower), formatPercent(interval.upper)];
  return `${lower.replace(`${NARROW_SPACE}%`, '')}–${upper}`;
}

/** Both ends of an interval of a metric: `0.9012–0.9523`. */
export function formatScoreInterval(interval: Interval | null | undefined): string {
  if (interval === null || interval === undefined) return NO_NUMBER;
  return `${formatScore(interval.lower)}–${formatScore(interval.upper)}`;
}

/** The C of a head, to four digits: `1`, `0.01235`, `1.235e-7`. */
export function formatC(C: number): string {
  const rounded = Number(C.toPrecision(4));
  return rounded < 1e-3 || rounded >= 1e6 ? rounded.toExponential() : String(rounded);
}
