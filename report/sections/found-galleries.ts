import type { FoundPicture } from '../../checks/findings.js';
import { fileName } from '../../dataset/object-name.js';
import { type ShownFindings, type ShownPair, isContradiction } from '../found-pictures.js';
import { type Html, NOTHING, html } from '../html.js';
import { formatCount, formatPercent } from '../numbers.js';
import type { ReportedChecks } from '../report-input.js';
import { className, name } from './name.js';
import { thumbnailImage } from './thumbnail-image.js';

type Thumbnails = ReportedChecks['thumbnails'];

/** Cards that stand open in the page. */
const OPEN_PAIRS = 6;
const OPEN_SUSPECTS = 12;

const NO_JPEG = new Uint8Array();

/** Pairs side by side, each picture with its split and class. */
export function pairGallery(pairs: readonly ShownPair[], thumbnails: Thumbnails): Html {
  return gallery(
    'gallery twins',
    OPEN_PAIRS,
    pairs.map(
      (pair) =>
        html`<li class="${pair.leak || isContradiction(pair) ? 'miss' : 'hit'}">
          <div class="twin">
            ${pair.pictures.map(
              (picture) =>
                html`<div>
                  <div class="picture">${thumbnailOf(picture, thumbnails)}</div>
                  <p>${picture.split}</p>
                  <p>${className(picture.class)}</p>
                  <p class="file">${name(fileName(picture.key), 48)}</p>
                </div>`,
            )}
          </div>
          <p class="kind">${kindOf(pair)}</p>
        </li>`,
    ),
  );
}

/** Pictures with the label that they bear and the one they likely should. */
export function suspectGallery(suspects: ShownFindings['suspects'], thumbnails: Thumbnails): Html {
  return gallery(
    'gallery',
    OPEN_SUSPECTS,
    suspects.map(
      ({ picture, suggested, selfConfidence }) =>
        html`<li class="miss">
          <div class="picture">
            ${thumbnailOf(picture, thumbnails)} <b>${formatPercent(selfConfidence)}</b>
          </div>
          <p>labelled ${className(picture.class)}</p>
          <p class="wrong">likely ${className(suggested)}</p>
          <p class="file">${picture.split} · ${name(fileName(picture.key), 48)}</p>
        </li>`,
    ),
  );
}

/** Pictures that resemble no other. */
export function outlierGallery(outliers: ShownFindings['outliers'], thumbnails: Thumbnails): Html {
  return gallery(
    'gallery',
    outliers.length,
    outliers.map(
      ({ picture, distance }) =>
        html`<li class="hit">
          <div class="picture">${thumbnailOf(picture, thumbnails)} <b>${distance.toFixed(2)}</b></div>
          <p>labelled ${className(picture.class)}</p>
          <p class="file">${picture.split} · ${name(fileName(picture.key), 48)}</p>
        </li>`,
    ),
  );
}

/** Cards of which the first few stand open in the page; more are folded away. */
function gallery(kind: string, open: number, cards: readonly Html[]): Html {
  const rest = cards.slice(open);
  const list = (items: readonly Html[]): Html =>
    html`<ul class="${kind}">
      ${items}
    </ul>`;
  if (cards.length === 0) return NOTHING;
  if (rest.length === 0) return list(cards);
  return html`${list(cards.slice(0, open))}
    <details>
      <summary>Show ${formatCount(rest.length)} more</summary>
      ${list(rest)}
    </details>`;
}

function kindOf(pair: ShownPair): Html {
  const { copies, cosine = 0, leak } = pair;
  const same =
    copies === undefined
      ? `nearly the same, similarity ${cosine.toFixed(3)}`
      : copies === 2
        ? 'the same file'
        : `the same file, ${formatCount(copies)} times`;
  if (leak) return html`<b class="wrong">leak</b>: ${same}`;
  return isContradiction(pair) ? html`<b class="wrong">two classes</b>: ${same}` : html`${same}`;
}

const thumbnailOf = (picture: FoundPicture, thumbnails: Thumbnails): Html =>
  thumbnailImage(
    thumbnails.get(picture.sha256) ?? NO_JPEG,
    `${fileName(picture.key)}, a picture of ${picture.class}`,
  );
