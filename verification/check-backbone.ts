import { z } from 'zod';
import type { Recipe } from '../backbones/backbone.js';
import { findBundled } from '../backbones/bundled.js';
import { computeFingerprint } from '../backbones/fingerprint.js';
import { keys } from '../storage/keys.js';
import type { Examined, Findings } from './finding.js';
import { hashObject } from './hash-object.js';
import type { Subject } from './open-run.js';
import { readJson } from './read-json.js';

const backboneFile = z.object({
  name: z.string(),
  sha256: z.string(),
  recipe: z.custom<Recipe>((value) => typeof value === 'object' && value !== null, 'expected a recipe'),
});

/** Examines `backbone.json`, whether it gives the fingerprint, and the network of a registered backbone. */
export async function checkBackbone(
  { store, outcome: { fingerprint } }: Subject,
  findings: Findings,
): Promise<Examined> {
  const object = keys.backbone(fingerprint);
  const record = await findings.attempt({ store, what: 'record', object }, () =>
    readJson(store, object, backboneFile),
  );
  if (record === undefined) return { counts: { objects: 1 } };
  const { name, sha256, recipe } = record;
  const found = computeFingerprint({ backbone: sha256, recipe });
  if (found !== fingerprint)
    findings.add({
      kind: 'record disagrees',
      object,
      detail: `expected network and recipe of fingerprint ${fingerprint}, found those of ${found}`,
    });
  // A bundled network lies in the package; the sample opens it.
  if (findBundled(name)?.sha256 === sha256) return { counts: { objects: 1 } };
  await checkNetwork({ store, sha256 }, findings);
  return { counts: { objects: 2 } };
}

async function checkNetwork(
  { store, sha256 }: Pick<Subject, 'store'> & { readonly sha256: string },
  findings: Findings,
): Promise<void> {
  const object = keys.backboneNetwork(sha256);
  const found = await findings.attempt({ store, what: 'network', object }, () => hashObject(store, object));
  if (found === undefined || found.sha256 === sha256) return;
  findings.add({
    kind: 'network altered',
    object,
    detail: `its SHA-256 is ${found.sha256}; register it again: graft backbone remove, graft backbone add`,
  });
}
