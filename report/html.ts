/** Markup that is safe to place into a page as it is. Everything else is text, and is escaped. */
export class Html {
  constructor(readonly markup: string) {}
}

/** What a template takes: text (escaped), whole numbers (attributes, counts), markup, or lists of these. */
export type HtmlValue = string | number | Html | readonly HtmlValue[];

/** Placed where there is nothing to show. */
export const NOTHING = new Html('');

/**
 * Builds markup from a template literal; every interpolated text is escaped for element content and for attributes in
 * double quotes.
 *
 * @example html`<p title="${name}">${name}</p>`
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(strings.reduce((page, string, i) => page + markupOf(values[i - 1] ?? '') + string));
}

/**
 * Escapes text for HTML content and quoted attributes.
 *
 * Control characters, bidirectional overrides and lone surrogates become U+FFFD: a file name must neither break the
 * page's encoding nor reorder what stands beside it.
 */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Text with everything that has no shape of its own made visible as U+FFFD; line breaks and tabs are kept. */
export function printable(text: string): string {
  return text.replace(INVISIBLE, '\uFFFD');
}

/** At most `limit` characters; what is cut from the middle becomes an ellipsis, so that endings stay readable. */
export function shorten(text: string, limit: number): string {
  const characters = Array.from(text);
  if (characters.length <= limit) return text;
  const tail = Math.floor((limit - 1) / 3);
  const head = limit - 1 - tail;
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - tail).join('')}`;
}

const INVISIBLE = /(?![\t\n])\p{Cc}|\p{Cs}|\p{Bidi_Control}|[\uFFFE\uFFFF]/gu;

function markupOf(value: HtmlValue): string {
  if (value instanceof Html) return value.markup;
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '–';
  return value.map(markupOf).join('');
}
