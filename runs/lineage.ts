import type { Sha256 } from '../dataset/dataset.js';
import { graftVersion } from './graft-version.js';
import type { RunSettings } from './run-settings.js';

/** All that a head depends on; equal lineage gives the same head. */
export interface Lineage {
  readonly dataset: string;
  readonly version: Sha256;
  readonly backbone: string;
  readonly fingerprint: Sha256;
  readonly contentHash: Sha256;
  readonly head: RunSettings['head'];
  readonly graft: string;
}

/** What the lineage of a run's head is made of. */
export interface LineageSubject {
  readonly settings: RunSettings;
  /** Of the data set. */
  readonly version: Sha256;
  readonly fingerprint: Sha256;
  /** The receipt's content hash: which features there are, and which pictures have none. */
  readonly contentHash: Sha256;
}

/** The lineage of a head that this release of Graft trains. */
export const lineageOf = ({ settings, version, fingerprint, contentHash }: LineageSubject): Lineage => ({
  dataset: settings.dataset,
  version,
  backbone: settings.backbone,
  fingerprint,
  contentHash,
  head: settings.head,
  graft: graftVersion,
});
