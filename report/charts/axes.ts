/** The page's colours, as the drawings name them: see the style sheet. */
export const INK = 'var(--ink)';
export const MUTED = 'var(--muted)';
export const GRID = 'var(--grid)';
export const HIT = 'var(--hit)';
export const MISS = 'var(--miss)';
export const OTHER = 'var(--other)';

/** Colours of curves, one class each; as many curves are drawn at most. */
export const SERIES = ['var(--s1)', 'var(--s2)', 'var(--s3)', 'var(--s4)', 'var(--s5)', 'var(--s6)'] as const;

/** Drawings are this wide, about the width of a phone: their text stays readable there. */
export const WIDTH = 420;

/** An axis from 0 to 1 with a line every quarter. */
export function unitAxis(name: string, nameGap: number) {
  return {
    type: 'value' as const,
    min: 0,
    max: 1,
    interval: 0.25,
    name,
    nameLocation: 'middle' as const,
    nameGap,
    nameTextStyle: { color: MUTED, fontSize: 13 },
    axisLabel: { color: MUTED, fontSize: 12, formatter: (value: number) => String(value) },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: GRID } },
  };
}
