import type { ScoredImage } from './report-input.js';

/** How many mistakes the gallery shows. */
const MISTAKES_SHOWN = 24;
/** How many narrow hits the gallery shows. */
const NARROW_HITS_SHOWN = 12;

/**
 * The wrongly classified pictures, most confident first: where the head was surest and still wrong.
 *
 * Ties are broken by name, class and prediction, so that the same scores give the same gallery whatever their order.
 */
export function pickMistakes<Image extends ScoredImage>(
  images: readonly Image[],
  limit = MISTAKES_SHOWN,
): readonly Image[] {
  return images
    .filter((image) => image.predicted !== image.class)
    .sort((a, b) => confidenceOf(b) - confidenceOf(a) || compareByName(a, b))
    .slice(0, limit);
}

/** The rightly classified pictures, least confident first; ties as in {@link pickMistakes}. */
export function pickNarrowHits<Image extends ScoredImage>(
  images: readonly Image[],
  limit = NARROW_HITS_SHOWN,
): readonly Image[] {
  return images
    .filter((image) => image.predicted === image.class)
    .sort((a, b) => confidenceOf(a) - confidenceOf(b) || compareByName(a, b))
    .slice(0, limit);
}

/** Probability of the predicted class, which is the largest. */
export function confidenceOf(image: ScoredImage): number {
  return image.probabilities.reduce((largest, probability) => Math.max(largest, probability), 0);
}

function compareByName(a: ScoredImage, b: ScoredImage): number {
  return (
    compareText(a.name, b.name) || compareText(a.class, b.class) || compareText(a.predicted, b.predicted)
  );
}

/** By UTF-16 code unit: unlike a locale's order, the same everywhere. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
