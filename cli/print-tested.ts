import type { Backbone } from '../backbones/backbone.js';
import type { BackboneFeatures } from './backbone-features.js';
import type { CosineSummary } from './compare-backbones.js';

/** What a backbone's features were worth. */
export interface TestedBackbone {
  readonly backbone: Backbone;
  readonly features: BackboneFeatures;
  /** On the validation pictures, 0 to 1. */
  readonly accuracy: number;
}

/** Prints a line for each backbone, and how alike they are. */
export function printTested(tested: readonly TestedBackbone[], cosines: CosineSummary | undefined): void {
  const width = Math.max(...tested.map(({ backbone }) => backbone.name.length), 'cosine'.length);
  const line = (label: string, text: string) => process.stdout.write(`${label.padEnd(width)}  ${text}\n`);
  line('', 'validation accuracy  network, ms a picture');
  for (const { backbone, accuracy, features } of tested) {
    const time = features.millisecondsEach?.toFixed(1) ?? 'from the store';
    line(backbone.name, `${accuracy.toFixed(4).padStart(19)}  ${time.padStart(21)}`);
  }
  if (cosines !== undefined)
    line('cosine', `mean ${cosines.mean.toFixed(5)}, least ${cosines.least.toFixed(5)}`);
}
