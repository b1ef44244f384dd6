import type { Point } from '../curves.js';
import { GRID, INK, MUTED, WIDTH, unitAxis } from './axes.js';
import type { Chart } from './chart.js';

const HEIGHT = 380;

/** A line in the unit square. */
interface Curve {
  readonly points: readonly Point[];
  readonly colour: string;
}

export interface CurveChart {
  readonly id: string;
  readonly description: string;
  readonly xName: string;
  readonly yName: string;
  readonly curves: readonly Curve[];
  /** What guessing would give: a dashed line. */
  readonly chance: readonly Point[];
  /** Where the classifier stands as it is used. */
  readonly dot?: Point;
  /** Where it stands at a threshold of its own. */
  readonly ring?: Point;
}

/** What every ROC drawing has in common, and every precision–recall drawing. */
export const ROC_AXES = { id: 'roc', xName: 'false positive rate', yName: 'true positive rate' };
export const ROC_CHANCE = [[0, 0] as const, [1, 1] as const];
export const PRECISION_RECALL_AXES = { id: 'precision-recall', xName: 'recall', yName: 'precision' };

/** Curves in the unit square with a dashed line of chance: ROC, precision–recall. */
export function drawCurves({ id, description, xName, yName, curves, chance, dot, ring }: CurveChart): Chart {
  const [only] = curves.length === 1 ? curves : [];
  return {
    id,
    description,
    width: WIDTH,
    height: HEIGHT,
    option: {
      grid: { left: 56, right: 16, top: 12, bottom: 52 },
      xAxis: unitAxis(xName, 30),
      yAxis: unitAxis(yName, 40),
      series: [
        line(chance, { color: MUTED, width: 1.2, type: 'dashed' }),
        ...curves.map(({ points, colour }) => ({
          ...line(points, { color: colour, width: 2.2, type: 'solid' }),
          ...(only === undefined ? {} : { areaStyle: { color: colour, opacity: 0.1 } }),
        })),
        spot(ring, 15, { color: 'transparent', borderColor: INK, borderWidth: 2 }),
        spot(dot, 9, { color: INK, borderColor: GRID, borderWidth: 1.5 }),
      ],
    },
  };
}

function spot(
  at: Point | undefined,
  symbolSize: number,
  itemStyle: { color: string; borderColor: string; borderWidth: number },
) {
  return {
    type: 'scatter' as const,
    silent: true,
    symbolSize,
    itemStyle: { ...itemStyle, opacity: 1 },
    data: at === undefined ? [] : [[...at]],
  };
}

function line(
  points: readonly Point[],
  lineStyle: { color: string; width: number; type: 'dashed' | 'solid' },
) {
  return {
    type: 'line' as const,
    silent: true,
    showSymbol: false,
    // Beyond one point per unit of width the eye sees nothing; a hundred thousand pictures must not make a huge file.
    sampling: 'lttb' as const,
    lineStyle: { ...lineStyle, cap: 'round' as const },
    data: points.map((point) => [...point]),
  };
}
