import { confidenceOf } from '../gallery.js';
import { type Html, html } from '../html.js';
import { countOf, formatCount, formatPercent } from '../numbers.js';
import type { GalleryImage, ReportInput } from '../report-input.js';
import { className, name } from './name.js';
import { thumbnailImage } from './thumbnail-image.js';

/** The gallery: where the head was surest and wrong, and where it was right by a hair. */
export function pictures(input: ReportInput): Html {
  return html`${mistakes(input)} ${narrowHits(input)}`;
}

function mistakes({ evaluation, mistakes: shown }: ReportInput): Html {
  const all = evaluation.filter((image) => image.predicted !== image.class).length;
  const lead =
    all > shown.length
      ? `The ${formatCount(shown.length)} most confident of ${countOf(all, 'mistake')}, worst first. Look for wrong labels before blaming the head.`
      : 'Most confident first. Look for wrong labels before blaming the head.';
  return html`<section aria-labelledby="mistakes">
    <h2 id="mistakes">Worst mistakes</h2>
    ${
      shown.length === 0
        ? html`<p class="empty">
            ${
              evaluation.length === 0
                ? 'Nothing was evaluated, so nothing went wrong.'
                : 'None: every evaluation picture was classified rightly.'
            }
          </p>`
        : html`<p class="lead">${lead}</p>
            <ul class="gallery">
              ${shown.map((image) => card(image, 'miss'))}
            </ul>`
    }
  </section>`;
}

function narrowHits({ evaluation, narrowHits: shown }: ReportInput): Html {
  return html`<section aria-labelledby="narrow-hits">
    <h2 id="narrow-hits">Narrowest hits</h2>
    ${
      shown.length === 0
        ? html`<p class="empty">
            ${
              evaluation.length === 0
                ? 'Nothing was evaluated, so nothing was hit.'
                : 'None: no evaluation picture was classified rightly.'
            }
          </p>`
        : html`<p class="lead">Right, but only just: least confident first.</p>
            <ul class="gallery">
              ${shown.map((image) => card(image, 'hit'))}
            </ul>`
    }
  </section>`;
}

function card(image: GalleryImage, kind: 'hit' | 'miss'): Html {
  const verdict =
    kind === 'hit'
      ? html`<p>rightly ${className(image.class)}</p>`
      : html`<p>is ${className(image.class)}</p>
          <p class="wrong">taken for ${className(image.predicted)}</p>`;
  const thumbnail = thumbnailImage(image.thumbnail, `${image.name}, a picture of ${image.class}`);
  return html`<li class="${kind}">
    <div class="picture">${thumbnail} <b>${formatPercent(confidenceOf(image))}</b></div>
    ${verdict}
    <p class="file">${name(image.name, 48)}</p>
  </li>`;
}
