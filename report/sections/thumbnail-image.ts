import { type Html, html } from '../html.js';

/**
 * A thumbnail, described for those who do not see it. Only what begins like a JPEG becomes an image; the page's policy
 * allows data: and nothing else.
 */
export function thumbnailImage(jpeg: Uint8Array, description: string): Html {
  if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8) return html`<span class="no-picture">no preview</span>`;
  const data = Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength).toString('base64');
  return html`<img src="data:image/jpeg;base64,${data}" alt="${description}" />`;
}
