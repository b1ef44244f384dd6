import { downloadArchive, type DownloadOptions } from '../../dataset/download.js';
import { HDF5_WEIGHTS } from '../../dataset/download-kind.js';
import type { VggKind } from './vgg-layers.js';

/** Weights that Keras itself downloads for `include_top=False`. */
export interface PublishedWeights {
  readonly url: string;
  /** Hexadecimal; Keras publishes no better hash. */
  readonly md5: string;
  /** Length of the file, where it is known. */
  readonly bytes?: number;
}

const PUBLISHER = 'https://storage.googleapis.com/tensorflow/keras-applications';

/** Addresses and hashes as in keras/src/applications/vgg16.py and vgg19.py (Keras 3.15). */
export const PUBLISHED_WEIGHTS: Readonly<Record<VggKind, PublishedWeights>> = {
  vgg16: {
    url: `${PUBLISHER}/vgg16/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5`,
    md5: '6d6bbae143d832006294945121d1f1fc',
    bytes: 58_889_256,
  },
  vgg19: {
    url: `${PUBLISHER}/vgg19/vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5`,
    md5: '253f8cb515780f3b799900260a226db6',
  },
};

/** The VGG group releases its models under this licence: https://www.robots.ox.ac.uk/~vgg/research/very_deep/ */
export const PUBLISHED_LICENCE =
  'CC BY 4.0, Karen Simonyan and Andrew Zisserman, Visual Geometry Group, University of Oxford';

export interface PublishedWeightsOptions extends Omit<DownloadOptions, 'kind' | 'sha256' | 'md5' | 'bytes'> {
  /** Other places to ask first; see {@link readMirrors}. Default: none. */
  readonly mirrors?: readonly string[];
  /** What is fetched. Default: what Keras publishes. */
  readonly published?: PublishedWeights;
}

/**
 * Downloads Keras' published weights, from mirrors first, and returns the file's path in `folder`. Length and MD5 are
 * checked wherever the file came from; one that differs is not kept.
 *
 * @throws BadInput where every address refuses or sends something else, DownloadFailed where one may work later.
 */
export function downloadPublishedWeights(
  kind: VggKind,
  { mirrors = [], published = PUBLISHED_WEIGHTS[kind], ...options }: PublishedWeightsOptions,
): Promise<string> {
  const { url, md5, bytes } = published;
  const addresses = [...mirrors.flatMap((mirror) => addressAt(mirror, url)), url];
  return downloadArchive(addresses, { ...options, kind: HDF5_WEIGHTS, md5, bytes });
}

/** GRAFT_WEIGHTS_MIRROR: addresses apart by commas, each a file's own or that of a folder laid out as the publisher's. */
export function readMirrors(environment: NodeJS.ProcessEnv): readonly string[] {
  return (environment['GRAFT_WEIGHTS_MIRROR'] ?? '')
    .split(',')
    .map((mirror) => mirror.trim())
    .filter((mirror) => mirror !== '');
}

/** A mirror that is one file serves that file only; one that is a folder has the address's last two parts below it. */
function addressAt(mirror: string, url: string): readonly string[] {
  const [folder = '', file = ''] = url.split('/').slice(-2);
  if (!/\.h5($|[?#])/.test(mirror)) return [`${mirror.replace(/\/+$/, '')}/${folder}/${file}`];
  return mirror.includes(`/${file}`) ? [mirror] : [];
}
