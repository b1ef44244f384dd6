import type { Sha256, SplitName } from '../dataset/dataset.js';

/** One drawer of icons: a pinned npm package of SVG drawings, its licence, and the one split that it fills. */
export interface Maker {
  /** First part of the file names in the sample, and the last part of the package's name. */
  readonly name: string;
  readonly package: string;
  readonly version: string;
  /** SPDX identifier; checked against the package's own `info.json`. */
  readonly licence: string;
  /** Who is to be credited. */
  readonly author: string;
  readonly split: SplitName;
  /** What the two files that are read must be, so that the sample can be remade to the byte. */
  readonly sha256: { readonly icons: Sha256; readonly metadata: Sha256 };
}

/**
 * Three makers train, a fourth hand validates, a fifth evaluates.
 *
 * Validation and evaluation are both by Google: the Noto drawings up to 2017 and the redrawn ones since.
 */
export const MAKERS: readonly Maker[] = [
  {
    name: 'twemoji',
    package: '@iconify-json/twemoji',
    version: '1.2.5',
    licence: 'CC-BY-4.0',
    author: 'Twitter, Inc and other contributors',
    split: 'training',
    sha256: {
      icons: '5d5d820790565b764f2728675d487c9ee4c1fc83916d8567d5aca8ba7527c242',
      metadata: '3e9271ca3ad7df6bb30a8819ed50e33501c0d98ea9098166357502306f1a2c34',
    },
  },
  {
    name: 'emojione',
    package: '@iconify-json/emojione',
    version: '1.2.3',
    licence: 'CC-BY-4.0',
    author: 'EmojiOne 2.3 and its continuation EmojiTwo',
    split: 'training',
    sha256: {
      icons: 'e9a865faed523a7c3535b5319ae533d09fac1a62b4e96920eb178bb60e707e80',
      metadata: '34b70362fe9d2bb6e698bd4f6020dd5ae945bcfc1f5da2d0ff6a0a0fa73bd931',
    },
  },
  {
    name: 'fluent-emoji-flat',
    package: '@iconify-json/fluent-emoji-flat',
    version: '1.2.6',
    licence: 'MIT',
    author: 'Microsoft Corporation',
    split: 'training',
    sha256: {
      icons: 'f5f4cf457c0db2ad5a2e42e033e02e0c87d10e43d0164cfffb3bb84914970a63',
      metadata: '4ed8946717f6cda4906929a6b666d572e57433aa159b7531737556ef16325248',
    },
  },
  {
    name: 'noto-v1',
    package: '@iconify-json/noto-v1',
    version: '1.2.5',
    licence: 'Apache-2.0',
    author: 'Google Inc',
    split: 'validation',
    sha256: {
      icons: 'ce70d8aa90345cf389875c3571ecd245bd943401822a0c5a0f62336bf8487333',
      metadata: 'aea769cd3159aed0605df3118cb91dc0ef8a0a036b60fbaab754989a21ab2856',
    },
  },
  {
    name: 'noto',
    package: '@iconify-json/noto',
    version: '1.2.9',
    licence: 'Apache-2.0',
    author: 'Google Inc',
    split: 'evaluation',
    sha256: {
      icons: '9eac6ef4e7ec122b6f0e7ac281d61008afdbc720d0ce861e398b939daaa347c6',
      metadata: '2c2aa0df0fc8371d08cb6183f8f45eec0d73dce85fc4bbc8e17980ba024c4d5c',
    },
  },
];
