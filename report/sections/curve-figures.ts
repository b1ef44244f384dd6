import type { DrawChart } from '../charts/chart.js';
import { classCurves } from '../curves.js';
import type { Html } from '../html.js';
import type { ReportInput } from '../report-input.js';
import { binaryPrecisionRecall, binaryRoc } from './binary-curves.js';
import { manyPrecisionRecall, manyRoc } from './many-curves.js';

/** ROC and precision–recall curves: of the positive class, or of each class against the rest. */
export function curveFigures(input: ReportInput, draw: DrawChart): readonly Html[] {
  const { classes, positive } = input.dataset;
  if (classes.length === 2) {
    const curves = classCurves(input.evaluation, classes, classes.indexOf(positive));
    return curves === undefined
      ? []
      : [binaryRoc(curves, input, draw), binaryPrecisionRecall(curves, input, draw)];
  }
  const all = classes
    .map((_, index) => classCurves(input.evaluation, classes, index))
    .filter((curves) => curves !== undefined);
  return all.length === 0 ? [] : [manyRoc(all, draw), manyPrecisionRecall(all, draw)];
}
