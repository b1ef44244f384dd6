import type { Receipt } from '../../features/receipt.js';
import { type Html, html } from '../html.js';
import { countOf, formatCount } from '../numbers.js';

/** The account of every picture, as sentences that can be added up by hand. */
export function receipt(counts: Receipt): Html {
  return html`<section aria-labelledby="receipt">
    <h2 id="receipt">Receipt</h2>
    ${receiptSentences(counts).map((sentence) => html`<p>${sentence}</p>`)}
    <p class="lead">Content hash <code class="hash">${counts.contentHash}</code></p>
  </section>`;
}

/** The receipt in two sentences, without markup. */
export function receiptSentences(counts: Receipt): readonly string[] {
  const { images, features, quarantined, missing, unique, computed, reused, batches, failedBatches } = counts;
  const sum = `${formatCount(features)} + ${formatCount(quarantined)} + ${formatCount(missing)}`;
  const sign = features + quarantined + missing === images ? '=' : '≠';
  return [
    `Of ${countOf(images, 'picture')}, ${formatCount(features)} ${features === 1 ? 'is a feature' : 'are features'}, ${formatCount(quarantined)} quarantined with a reason and ${formatCount(missing)} missing: ${sum} ${sign} ${formatCount(images)}.`,
    `They hold ${countOf(unique, 'different picture')}: ${formatCount(computed)} computed by this run in ${countOf(batches, 'batch', 'batches')}, ${formatCount(reused)} already there; ${failedBatches === 0 ? 'no batch' : countOf(failedBatches, 'batch', 'batches')} failed.`,
  ];
}

/** What a reader must not overlook; empty for a sound receipt. */
export function receiptTrouble(counts: Receipt): readonly string[] {
  const { images, features, quarantined, missing, failedBatches } = counts;
  return [
    ...(features + quarantined + missing === images
      ? []
      : ['The receipt does not add up: see below, and do not rely on this run.']),
    ...(missing > 0 ? [`${countOf(missing, 'picture')} missing: this run is not complete.`] : []),
    ...(failedBatches > 0 ? [`${countOf(failedBatches, 'batch', 'batches')} failed.`] : []),
  ];
}
