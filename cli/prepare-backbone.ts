import type { BackboneDescription } from '../backbones/backbone.js';
import { createBackboneLookup } from '../backbones/registry.js';
import { BadInput } from '../errors/graft-error.js';
import type { Announce } from '../infra/announcement.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { RunCommandOptions } from './run-options.js';
import { registerVgg, vggKindOf } from './vgg-weights.js';

/**
 * Finds the backbone that a run asks for. With weights, or where it may be downloaded, it is registered first if it is
 * not there: workers elsewhere find it in the store. Throws `BadInput` where it is nowhere, or the weights are not its.
 */
export async function prepareBackbone(
  store: ObjectStore,
  { backbone: name = 'efficientnet-lite0', weights }: Pick<RunCommandOptions, 'backbone' | 'weights'>,
  mayDownload: boolean,
  announce: Announce,
  said: 'Registered' | 'Would register' = 'Registered',
): Promise<BackboneDescription> {
  const kind = vggKindOf(name);
  if (weights !== undefined && kind === undefined)
    throw new BadInput(
      `--weights belongs to --backbone vgg16 or vgg19 (or vgg16-…); the backbone is ${JSON.stringify(name)}. ` +
        'Add --backbone, or leave the weights out.',
    );
  if (kind !== undefined && (weights !== undefined || mayDownload)) {
    const { outcome, backbone } = await registerVgg(store, { name, kind, weights }, announce);
    if (outcome === 'registered') announce({ kind: 'step', text: `${said} ${name} in ${store.url}` });
    return backbone;
  }
  return createBackboneLookup(store)(name);
}
