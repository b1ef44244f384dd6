import { printable, shorten } from '../html.js';
import { formatCount, formatPercent } from '../numbers.js';
import { HIT, INK, MISS, MUTED, WIDTH } from './axes.js';
import type { Chart } from './chart.js';

/** More classes than this make cells too small to tell apart. */
export const MOST_CLASSES_DRAWN = 60;
const MOST_WITH_PERCENTAGES = 5;
const MOST_WITH_COUNTS = 12;
/** A full cell is this opaque, so that ink stays readable on it in light and in dark; without ink it may be stronger. */
const FULL = { withText: 0.5, bare: 0.95 };
const FAINTEST = 0.04;

/**
 * A heat map of a confusion matrix `[true][predicted]`: a row's colours show how one class was judged, on the diagonal
 * rightly, elsewhere wrongly. Up to five classes with counts and row percentages, up to twelve with counts.
 */
export function drawConfusion(confusion: readonly (readonly number[])[], classes: readonly string[]): Chart {
  const axis = {
    type: 'category' as const,
    data: classes.map((name) => shorten(printable(name).replace(/\s+/g, ' '), classes.length > 2 ? 12 : 16)),
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: false },
    splitArea: { show: false },
    nameLocation: 'middle' as const,
    nameTextStyle: { color: MUTED, fontSize: 13 },
  };
  const label = { color: INK, fontSize: classes.length > MOST_WITH_COUNTS ? 9 : 12 };
  // Text cannot be measured without a browser: a character is about 0.58 of its size wide.
  const names = Math.max(...axis.data.map((shown) => shown.length)) * label.fontSize * 0.58 + 12;
  const tilted = classes.length > 4;
  return {
    id: 'confusion',
    description: `Confusion matrix: ${describe(confusion, classes)}`,
    width: WIDTH,
    height: 380,
    option: {
      grid: { left: names + 24, right: 8, top: 8, bottom: tilted ? names * 0.75 + 38 : 52 },
      xAxis: {
        ...axis,
        name: 'predicted',
        nameGap: tilted ? names * 0.75 + 20 : 30,
        axisLabel: { ...label, rotate: tilted ? 45 : 0 },
      },
      yAxis: {
        ...axis,
        inverse: true,
        name: 'true class',
        nameGap: names + 4,
        axisLabel: label,
      },
      series: [{ type: 'heatmap', silent: true, data: cellsOf(confusion) }],
    },
  };
}

function cellsOf(confusion: readonly (readonly number[])[]) {
  const classes = confusion.length;
  const full = classes > MOST_WITH_COUNTS ? FULL.bare : FULL.withText;
  return confusion.flatMap((row, truth) => {
    const support = row.reduce((sum, count) => sum + count, 0);
    return row.flatMap((count, predicted) =>
      count === 0 && classes > MOST_WITH_COUNTS
        ? []
        : [
            {
              value: [predicted, truth, count],
              itemStyle: {
                color: truth === predicted ? HIT : MISS,
                opacity: support === 0 ? 0 : FAINTEST + (full - FAINTEST) * (count / support),
                borderWidth: 0,
              },
              label: cellLabel(count, support, classes),
            },
          ],
    );
  });
}

function cellLabel(count: number, support: number, classes: number) {
  const share = classes <= MOST_WITH_PERCENTAGES && support > 0;
  const size = classes === 2 ? 22 : classes <= MOST_WITH_PERCENTAGES ? 15 : 11;
  return {
    show: classes <= MOST_WITH_COUNTS,
    opacity: 1,
    color: INK,
    formatter: () =>
      share ? `{count|${formatCount(count)}}\n{share|${formatPercent(count / support)}}` : formatCount(count),
    fontSize: size,
    rich: {
      count: { color: INK, fontSize: size, fontWeight: 600, lineHeight: size * 1.35 },
      share: { color: INK, fontSize: Math.min(13, size - 3), lineHeight: 18 },
    },
  };
}

function describe(confusion: readonly (readonly number[])[], classes: readonly string[]): string {
  if (classes.length > MOST_WITH_PERCENTAGES) return `${classes.length} classes, true against predicted.`;
  return confusion
    .map((row, truth) => {
      const answers = row.map((count, predicted) => `${formatCount(count)} as ${classes[predicted] ?? ''}`);
      return `true ${classes[truth] ?? ''}: ${answers.join(', ')}.`;
    })
    .join(' ');
}
