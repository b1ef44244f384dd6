import { GRID, INK, MUTED, SERIES, WIDTH } from './axes.js';
import type { Chart } from './chart.js';

const HEIGHT = 380;

/** A head that was tried, as a point. */
export interface LossPoint {
  readonly C: number;
  readonly logLoss: number;
  readonly converged: boolean;
}

/** The heads of one kind. */
export interface LossCurve {
  readonly points: readonly LossPoint[];
  readonly colour: string;
  /** Kinds differ by more than their colour. */
  readonly symbol: 'circle' | 'triangle';
}

/** How the kinds of a chart are drawn, in order. */
export const LOSS_STYLES = [
  { colour: SERIES[0], symbol: 'circle' },
  { colour: SERIES[2], symbol: 'triangle' },
] as const;

/** Loss by C, a curve for each kind, and a ring around the one that was chosen. */
export function drawLosses(
  description: string,
  curves: readonly LossCurve[],
  chosen: Pick<LossPoint, 'C' | 'logLoss'>,
): Chart {
  const name = { nameLocation: 'middle' as const, nameTextStyle: { color: MUTED, fontSize: 13 } };
  const bare = {
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: GRID } },
  };
  return {
    id: 'losses',
    description,
    width: WIDTH,
    height: HEIGHT,
    option: {
      grid: { left: 62, right: 16, top: 12, bottom: 52 },
      xAxis: {
        type: 'value',
        ...name,
        ...bare,
        ...powersCovering(curves),
        name: 'C',
        nameGap: 30,
        axisLabel: { color: MUTED, fontSize: 12, formatter: powerOfTen },
      },
      yAxis: {
        type: 'value',
        scale: true,
        ...name,
        ...bare,
        name: 'log loss on validation',
        nameGap: 46,
        axisLabel: { color: MUTED, fontSize: 12 },
      },
      series: [
        ...curves.map(lossSeries),
        {
          type: 'scatter',
          silent: true,
          symbolSize: 18,
          itemStyle: { color: 'transparent', borderColor: INK, borderWidth: 2, opacity: 1 },
          data: [[Math.log10(chosen.C), chosen.logLoss]],
        },
      ],
    },
  };
}

/** Heads whose solver did not converge are hollow. */
function lossSeries({ points, colour, symbol }: LossCurve) {
  return {
    type: 'line' as const,
    silent: true,
    symbol,
    symbolSize: 8,
    lineStyle: { color: colour, width: 2 },
    data: points.map(({ C, logLoss, converged }) => ({
      value: [Math.log10(C), logLoss],
      itemStyle: {
        color: converged ? colour : 'var(--card)',
        borderColor: colour,
        borderWidth: 1.5,
        opacity: 1,
      },
    })),
  };
}

/** Whole powers of ten around all C, each labelled where there is room. */
function powersCovering(curves: readonly LossCurve[]) {
  const exponents = curves.flatMap(({ points }) => points.map(({ C }) => Math.log10(C)));
  const interval = Math.max(...exponents) - Math.min(...exponents) > 7 ? 2 : 1;
  return {
    min: interval * Math.floor(Math.min(...exponents) / interval),
    max: interval * Math.ceil(Math.max(...exponents) / interval),
    interval,
  };
}

function powerOfTen(exponent: number): string {
  const digits = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  const raised = String(Math.abs(exponent)).replace(/\d/g, (digit) => digits.charAt(Number(digit)));
  return `10${exponent < 0 ? '⁻' : ''}${raised}`;
}
