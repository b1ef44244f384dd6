import { BINS } from '../histogram.js';
import { GRID, INK, MUTED, WIDTH, unitAxis } from './axes.js';
import type { Chart } from './chart.js';

const HEIGHT = 380;

/** One colour of a mirrored histogram. */
interface Bars {
  readonly side: 'above' | 'below';
  readonly colour: string;
  /** Pictures per bin, as many as {@link BINS}. */
  readonly counts: readonly number[];
}

export interface HistogramChart {
  readonly id: string;
  readonly description: string;
  readonly xName: string;
  /** Bars of one side are stacked in this order from the zero line outwards. */
  readonly bars: readonly Bars[];
  /** Whether a line stands where the decision changes, at 0.5. */
  readonly decision: boolean;
}

/** Two histograms over 0 to 1, one growing upwards and one downwards from a common line. */
export function drawHistogram({ id, description, xName, bars, decision }: HistogramChart): Chart {
  const probability = { ...unitAxis(xName, 30), position: 'bottom' as const, splitLine: { show: false } };
  const bins = {
    type: 'category' as const,
    data: Array.from({ length: BINS }, (_, bin) => bin),
    show: false,
  };
  return {
    id,
    description,
    width: WIDTH,
    height: HEIGHT,
    option: {
      grid: { left: 56, right: 16, top: 12, bottom: 52 },
      xAxis: [bins, probability],
      yAxis: {
        type: 'value',
        minInterval: 1,
        name: 'pictures',
        nameLocation: 'middle',
        nameGap: 40,
        nameTextStyle: { color: MUTED, fontSize: 13 },
        axisLabel: { color: MUTED, fontSize: 12, formatter: (value: number) => String(Math.abs(value)) },
        axisLine: { show: false },
        axisTick: { show: false },
        splitLine: { lineStyle: { color: GRID } },
      },
      series: [...bars.map(barSeries), zeroAndDecision(decision)],
    },
  };
}

function barSeries({ side, colour, counts }: Bars) {
  return {
    type: 'bar' as const,
    stack: 'pictures',
    silent: true,
    barCategoryGap: '12%',
    // A single picture stays visible beside a bar of thousands.
    barMinHeight: 2,
    itemStyle: { color: colour },
    data: counts.map((count) => (count === 0 ? '-' : side === 'above' ? count : -count)),
  };
}

function zeroAndDecision(decision: boolean) {
  return {
    type: 'line' as const,
    xAxisIndex: 1,
    silent: true,
    data: [],
    markLine: {
      silent: true,
      symbol: 'none',
      label: { show: false },
      data: [
        { yAxis: 0, lineStyle: { color: INK, type: 'solid' as const, width: 1 } },
        ...(decision
          ? [{ xAxis: 0.5, lineStyle: { color: MUTED, type: 'dashed' as const, width: 1.2 } }]
          : []),
      ],
    },
  };
}
