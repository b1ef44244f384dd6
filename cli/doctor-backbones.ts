import type { Backbone } from '../backbones/backbone.js';
import { createBackboneResolver, listRegisteredNames } from '../backbones/registry.js';
import type { EngineKind } from '../engines/choice/engine-kind.js';
import { createSupervisedExtractor } from '../engines/extractor/supervised-extractor.js';
import { GraftError } from '../errors/graft-error.js';
import { cacheFolder } from '../infra/cache-folder.js';
import { openStore } from '../storage/open-store.js';
import { summariseBackbone } from './describe-backbone.js';
import { type Finding, check } from './finding.js';
import { findTrialBackbone } from './trial-backbone.js';

/** A backbone does not turn a picture into a feature. */
class BackboneUnusable extends GraftError {}

/** Tries the bundled network and every one that is registered in the store, one after the other: each takes its memory. */
export async function checkBackbones(address: string, engine: EngineKind): Promise<readonly Finding[]> {
  const findings = [
    await check('backbone', async () => tryBackbone(await findTrialBackbone(engine, cacheFolder()), engine)),
  ];
  // A store that cannot be listed is another finding's affair.
  const names = await openStore(address)
    .then(listRegisteredNames)
    .catch(() => []);
  for (const name of names)
    findings.push(await check('backbone', () => checkRegistered(address, name, engine)));
  return findings;
}

async function checkRegistered(
  address: string,
  name: string,
  engine: EngineKind,
): Promise<Omit<Finding, 'name'>> {
  const store = await openStore(address);
  return tryBackbone(await createBackboneResolver({ store, cacheFolder: cacheFolder() })(name), engine);
}
/** The whole way: the file's hash, the native libraries, the extractor's process, one picture. */
async function tryBackbone(backbone: Backbone, engine: EngineKind): Promise<Omit<Finding, 'name'>> {
  const extractor = createSupervisedExtractor(backbone, { engine, cacheFolder: cacheFolder() });
  try {
    const { images } = await extractor.extract([WHITE_PIXEL]);
    const [image] = images;
    if (image?.kind !== 'feature')
      throw new BackboneUnusable(
        `${backbone.name}: the test picture gave no feature: ${image?.reason ?? 'nothing'}`,
      );
    const { name, version, threads } = extractor.engine;
    const detail = `${backbone.name}: ${summariseBackbone(backbone)}; ${name} (${version}, ${threads} threads)`;
    return { state: 'ok', detail };
  } finally {
    await extractor.close();
  }
}

/** A PNG of one white pixel. */
const WHITE_PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP6DwABBQECz6AuzQAAAABJRU5ErkJggg==',
  'base64',
);
