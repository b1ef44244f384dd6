import { REASONS, type Reason, type ReasonCounts } from '../features/plan-reasons.js';

/** How a reason is said after a number of images. */
const WORDS: Readonly<Record<Reason, string>> = {
  new: 'new',
  changed: 'changed',
  backbone: 'for another backbone',
  recipe: 'for another recipe',
  schema: 'for another feature schema',
  lost: 'lost',
  crashed: 'crashed before',
};

/** `10 new, 1 changed`; empty where nothing is computed. */
export const describeReasons = (reasons: ReasonCounts): string =>
  REASONS.flatMap((reason) => {
    const images = reasons[reason] ?? 0;
    return images === 0 ? [] : [`${count(images)} ${WORDS[reason]}`];
  }).join(', ');

/** A guess for people: `1 s`, `40 s`, `12 min`, `3.5 h`. */
export function describeDuration(seconds: number): string {
  if (seconds < 99.5) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = seconds / 60;
  return minutes < 99.5 ? `${Math.round(minutes)} min` : `${(minutes / 60).toFixed(1)} h`;
}

const count = (value: number): string => value.toString().replace(/\B(?=(\d{3})+$)/g, ',');
