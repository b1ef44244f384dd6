import type { CustomSeriesOption } from 'echarts';
import type { Interval } from '../../heads/statistics/interval.js';
import { GRID, HIT, INK, MUTED, OTHER, WIDTH, unitAxis } from './axes.js';
import type { Chart } from './chart.js';

const HEIGHT = 420;
const MARGINS = { left: 56, right: 16 };

/** The pictures whose stated probability fell between two others. */
export interface DrawnBin {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  /** Mean stated probability. */
  readonly stated: number;
  /** Share that came true. */
  readonly observed: number;
  /** Of the share. */
  readonly interval: Interval;
}

export interface ReliabilityChart {
  readonly description: string;
  readonly xName: string;
  readonly yName: string;
  /** Only those that hold pictures. */
  readonly bins: readonly DrawnBin[];
}

/**
 * What was stated against what came true, bin by bin with intervals, around the dashed line of perfect probabilities;
 * below it, how many pictures each bin holds.
 */
export function drawReliability({ description, xName, yName, bins }: ReliabilityChart): Chart {
  return {
    id: 'reliability',
    description,
    width: WIDTH,
    height: HEIGHT,
    option: {
      grid: [
        { ...MARGINS, top: 12, height: 248 },
        { ...MARGINS, top: 284, bottom: 52 },
      ],
      xAxis: [
        { ...unitAxis('', 0), gridIndex: 0, axisLabel: { show: false } },
        { ...unitAxis(xName, 30), gridIndex: 1, splitLine: { show: false } },
      ],
      yAxis: [{ ...unitAxis(yName, 40), gridIndex: 0 }, countAxis(bins)],
      series: [diagonal(), intervals(bins), points(bins), counts(bins)],
    },
  };
}

function countAxis(bins: readonly DrawnBin[]) {
  return {
    type: 'value' as const,
    gridIndex: 1,
    min: 0,
    // Room for the number above the largest bar.
    max: 1.3 * Math.max(1, ...bins.map(({ rows }) => rows)),
    name: 'pictures',
    nameLocation: 'middle' as const,
    nameGap: 40,
    nameTextStyle: { color: MUTED, fontSize: 13 },
    axisLabel: { show: false },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: false },
  };
}

function diagonal() {
  return {
    type: 'line' as const,
    silent: true,
    showSymbol: false,
    lineStyle: { color: MUTED, width: 1.2, type: 'dashed' as const },
    data: [
      [0, 0],
      [1, 1],
    ],
  };
}

/** An upright line from the lower to the upper end of each bin's interval. */
function intervals(bins: readonly DrawnBin[]): CustomSeriesOption {
  return {
    type: 'custom',
    silent: true,
    data: bins.map(({ stated, interval }) => [stated, interval.lower, interval.upper]),
    renderItem: (_, api) => {
      const [x1 = 0, y1 = 0] = api.coord([api.value(0), api.value(1)]);
      const [x2 = 0, y2 = 0] = api.coord([api.value(0), api.value(2)]);
      return {
        type: 'line',
        shape: { x1, y1, x2, y2 },
        style: { stroke: HIT, lineWidth: 2, opacity: 0.45 },
      };
    },
  };
}

function points(bins: readonly DrawnBin[]) {
  return {
    type: 'line' as const,
    silent: true,
    symbol: 'circle',
    symbolSize: 8,
    lineStyle: { color: HIT, width: 1.2, opacity: 0.4 },
    itemStyle: { color: HIT, borderColor: GRID, borderWidth: 1, opacity: 1 },
    data: bins.map(({ stated, observed }) => [stated, observed]),
  };
}

/** A bar per bin, as wide as the bin, with its count above. */
function counts(bins: readonly DrawnBin[]): CustomSeriesOption {
  return {
    type: 'custom',
    silent: true,
    xAxisIndex: 1,
    yAxisIndex: 1,
    data: bins.map(({ from, to, rows }) => [from, to, rows]),
    renderItem: (_, api) => {
      const [left = 0, top = 0] = api.coord([api.value(0), api.value(2)]);
      const [right = 0, bottom = 0] = api.coord([api.value(1), 0]);
      // A single picture stays visible beside a bar of thousands.
      const height = Math.max(bottom - top, 1.5);
      return {
        type: 'group',
        children: [
          {
            type: 'rect',
            shape: { x: left + 1, y: bottom - height, width: right - left - 2, height },
            style: { fill: OTHER },
          },
          {
            type: 'text',
            x: (left + right) / 2,
            y: bottom - height - 3,
            style: {
              text: shortCount(Number(api.value(2))),
              fill: INK,
              fontSize: 10,
              align: 'center',
              verticalAlign: 'bottom',
            },
          },
        ],
      };
    },
  };
}

/** `412`, `1.2k`, `48k`: what fits above a bar. */
function shortCount(count: number): string {
  if (count < 1_000) return String(count);
  return count < 9_950 ? `${(count / 1_000).toFixed(1)}k` : `${Math.round(count / 1_000)}k`;
}
