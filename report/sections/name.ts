import { type Html, html, shorten } from '../html.js';

const LONGEST_NAME = 80;

/** A name from outside (file, class, dataset): isolated from the direction of the text around it, long ones shortened. */
export function name(text: string, limit = LONGEST_NAME): Html {
  const shown = shorten(text, limit);
  return shown === text ? html`<bdi>${text}</bdi>` : html`<bdi title="${shorten(text, 500)}">${shown}</bdi>`;
}

/** A class, as the gallery and the sentences print it. */
export function className(text: string): Html {
  return html`<b class="class">${name(text, 40)}</b>`;
}
