import { basename, join } from 'node:path';
import type { BackboneDraft } from '../backbones/draft.js';
import { selfTestNetwork } from '../backbones/import/self-test.js';
import { importVgg } from '../backbones/keras/import-vgg.js';
import { downloadPublishedWeights, readMirrors } from '../backbones/keras/published-weights.js';
import type { VggKind } from '../backbones/keras/vgg-layers.js';
import { type Registration, findRegistered, isRegistered, registerBackbone } from '../backbones/registry.js';
import { DownloadFailed } from '../dataset/download-request.js';
import type { Announce } from '../infra/announcement.js';
import { cacheFolder } from '../infra/cache-folder.js';
import type { ObjectStore } from '../storage/object-store.js';
import { announceDownload } from './announcements.js';

export interface VggRequest {
  readonly name: string;
  readonly kind: VggKind;
  /** A Keras weights file (.h5) on this machine. Default: the published weights are downloaded. */
  readonly weights?: string | undefined;
}

/** Which VGG a name stands for: `vgg16`, `vgg19`, or one that begins so (`vgg16-mine`); `undefined` for any other. */
export function vggKindOf(name: string): VggKind | undefined {
  if (/^vgg16(-|$)/.test(name)) return 'vgg16';
  return /^vgg19(-|$)/.test(name) ? 'vgg19' : undefined;
}

/**
 * Makes a network of Keras' VGG weights, tests it unless it is registered already, and registers it. Without weights,
 * whatever has the name already is what is wanted, and nothing is downloaded. Throws `BadInput`
 * for weights that are not what they should be, or a name that stands for another network; `DownloadFailed`.
 */
export async function registerVgg(
  store: ObjectStore,
  request: VggRequest,
  announce: Announce,
): Promise<Registration> {
  const { name, weights } = request;
  const there = weights === undefined ? await findRegistered(store, name) : undefined;
  if (there !== undefined) return { outcome: 'present', backbone: there };
  const draft = await importWeights(request, announce);
  if (!(await isRegistered(store, draft))) await testDraft(draft, announce);
  return registerBackbone(store, draft);
}

async function importWeights(
  { name, kind, weights }: VggRequest,
  announce: Announce,
): Promise<BackboneDraft> {
  const file = weights ?? (await downloadWeights(kind, announce));
  announce({ kind: 'step', text: `Reading ${weights ?? basename(file)}` });
  return importVgg({ kind, file, name });
}

async function downloadWeights(kind: VggKind, announce: Announce): Promise<string> {
  announce({
    kind: 'step',
    text: `Keras' published weights of ${kind}, about 60 to 80 MB, are fetched once`,
  });
  try {
    return await downloadPublishedWeights(kind, {
      folder: join(cacheFolder(), 'weights'),
      mirrors: readMirrors(process.env),
      onProgress: announceDownload(announce),
    });
  } catch (cause) {
    if (!(cause instanceof DownloadFailed)) throw cause;
    throw new DownloadFailed(`${cause.message} ${OTHER_WAYS}`, { cause });
  }
}

const OTHER_WAYS =
  'Or pass the file, fetched by other means, with --weights, or name another server with GRAFT_WEIGHTS_MIRROR.';

async function testDraft(draft: BackboneDraft, announce: Announce): Promise<void> {
  announce({ kind: 'step', text: 'Testing the network' });
  const { imagesPerSecond } = await selfTestNetwork({ ...draft, mend: 'Pass other weights.' });
  announce({ kind: 'step', text: describeSpeed(imagesPerSecond) });
}

/** `Works: 12.3 pictures a second on this machine, the network alone` */
export const describeSpeed = (imagesPerSecond: number): string =>
  `Works: ${imagesPerSecond.toPrecision(3)} pictures a second on this machine, the network alone`;
