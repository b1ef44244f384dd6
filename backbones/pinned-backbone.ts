import type { Sha256 } from '../dataset/dataset.js';
import { BadInput } from '../errors/graft-error.js';
import type { Backbone } from './backbone.js';

/**
 * Checks that a name still stands for the network that a run was planned with: a run never mixes the features of two.
 *
 * @param expected fingerprint in the run's plan; `undefined` in runs that began before plans were passed on: unchecked
 * @throws BadInput where the name stands for another network by now
 */
export function assertPinned(
  { name, fingerprint }: Pick<Backbone, 'name' | 'fingerprint'>,
  expected: Sha256 | undefined,
): void {
  if (expected === undefined || fingerprint === expected) return;
  throw new BadInput(
    `The backbone ${JSON.stringify(name)} was replaced during the run: expected the network with fingerprint ` +
      `${expected.slice(0, 12)}, found ${fingerprint.slice(0, 12)}. Start the run again to use the new one.`,
  );
}
