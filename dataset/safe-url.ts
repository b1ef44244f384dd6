import { BadInput } from '../errors/graft-error.js';

/**
 * A URL as people may see it: without user name, password, query and fragment, which hold passwords and signatures.
 */
export function showUrl(url: URL): string {
  const hidden = url.search === '' ? '' : '?…';
  return `${url.protocol}//${url.host}${url.pathname}${hidden}`;
}

/** Parses an address that data may be fetched from. Throws {@link BadInput} for anything but http and https. */
export function parseHttpUrl(text: string): URL {
  if (!URL.canParse(text)) throw new BadInput('The address of the source is not a URL; expected https://….');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new BadInput(
      `${showUrl(url)} has the scheme ${url.protocol}, expected http: or https:. Download it and pass the file.`,
    );
  return url;
}
