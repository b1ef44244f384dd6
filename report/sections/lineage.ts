import { type Html, html } from '../html.js';
import { countOf, formatInstant } from '../numbers.js';
import type { ReportInput } from '../report-input.js';
import { headOrigin, headTitle } from './head-title.js';
import { name } from './name.js';

/** What the result was made of and by: enough to find every part of it again. */
export function lineage(input: ReportInput): Html {
  const { dataset, backbone, head } = input;
  const { convergence } = head;
  const solver = `${convergence.converged ? 'converged' : 'not converged'} after ${countOf(convergence.iterations, 'iteration')}, gradient norm ${convergence.gradientNorm.toExponential(1)}`;
  const rows: readonly (readonly [string, Html])[] = [
    ['Dataset', name(dataset.name)],
    ['Version', hash(dataset.version)],
    ['Source', name(dataset.source, 300)],
    ['Licence', name(dataset.licence, 300)],
    ['Backbone', html`${backbone.title}, ${countOf(backbone.dimensions, 'dimension')}`],
    ['Recipe', html`${backbone.recipe}`],
    ['Fingerprint', hash(backbone.fingerprint)],
    ['Engine', html`${input.engine}`],
    ['Head', html`${headTitle(input)}, ${headOrigin(input)}; ${solver}`],
    ['Model', hash(head.model)],
    ['Run', hash(input.runId)],
    ['Workflow', hash(input.workflowId)],
    ['Finished', html`${formatInstant(input.finishedAt)}`],
    ['Graft', html`${input.graftVersion}`],
  ];
  return html`<section aria-labelledby="lineage">
    <h2 id="lineage">Lineage</h2>
    <dl class="lineage">
      ${rows.map(
        ([term, value]) =>
          html`<div>
            <dt>${term}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

const hash = (text: string): Html => html`<code class="hash">${text}</code>`;
