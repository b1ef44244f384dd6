import { type Html, html } from '../html.js';

/** One drawing with its title above and its legend below. */
export interface Figure {
  readonly title: string;
  readonly lead: Html;
  readonly drawing: Html;
  readonly legend: Html;
}

/** A figure of the plots section. Legends are text of the page, so that they stay readable where drawings shrink. */
export function figure({ title, lead, drawing, legend }: Figure): Html {
  return html`<figure>
    <h3>${title}</h3>
    <p>${lead}</p>
    ${drawing}
    <figcaption>${legend}</figcaption>
  </figure>`;
}

/** The key of the dashed line of chance. */
export const GUESSING = html`<span class="key"><i class="dashes"></i><span>guessing</span></span>`;

/** A colour and what it means. */
export function key(colour: string, meaning: Html | string): Html {
  return html`<span class="key"><i style="background:${colour}"></i><span>${meaning}</span></span> `;
}
