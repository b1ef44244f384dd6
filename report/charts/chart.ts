import type { EChartsOption } from 'echarts';
import { type Html, Html as Markup, escapeHtml } from '../html.js';

/** A drawing before it is drawn. */
export interface Chart {
  /** Unique in the page; letters and hyphens. */
  readonly id: string;
  /** What a person who cannot see it should know. Untrusted. */
  readonly description: string;
  /** Units of the drawing, about pixels: it scales with the page. */
  readonly width: number;
  readonly height: number;
  readonly option: EChartsOption;
}

/** Draws a chart as SVG markup. */
export type DrawChart = (chart: Chart) => Html;

/**
 * Loads echarts, which nothing else in Graft needs, and gives the function that draws with it.
 *
 * The SVG has no ids, classes or styles of its own but those that its clip paths need, named after the chart: the same
 * chart is always the same text. Colours may be CSS variables, so one drawing serves light, dark and print.
 */
export async function loadCharts(): Promise<DrawChart> {
  const { init } = await import('echarts/dist/echarts.esm.min.mjs');
  return ({ id, description, width, height, option }) => {
    const instance = init(null, null, { renderer: 'svg', ssr: true, width, height });
    try {
      instance.setOption({ animation: false, textStyle: { fontFamily: 'inherit', fontSize: 13 }, ...option });
      return new Markup(
        settle(instance.renderToSVGString({ useViewBox: true }), { id, description, width, height }),
      );
    } finally {
      instance.dispose();
    }
  };
}

/** Takes out what echarts numbers anew for every chart of a process, and what only its own script would use. */
function settle(svg: string, { id, description, width, height }: Omit<Chart, 'option'>): string {
  const opening = `<svg class="plot" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(description)}">`;
  return svg
    .replace(/^<svg[^>]*>/, opening)
    .replace(/<style[^>]*><!\[CDATA\[[\s\S]*?\]\]>\s*<\/style>/g, '')
    .replace(/ (?:class="zr[^"]*"|ecmeta_\w+="[^"]*"|pointer-events="[^"]*"|xml:space="preserve")/g, '')
    .replace(/\bzr\d+-(c\d+)\b/g, `${id}-$1`)
    .replace(/\n+/g, '\n');
}
