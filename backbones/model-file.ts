import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { GraftError } from '../errors/graft-error.js';
import { packageRoot } from '../runs/package-root.js';
import type { Backbone } from './backbone.js';

/** The backbone's file is not there, or is not the one that its features are named after. */
export class BackboneDamaged extends GraftError {}

/**
 * Reads a backbone's ONNX file and checks that it is the one that the fingerprint covers.
 *
 * @throws BackboneDamaged where it cannot be read or has another SHA-256.
 */
export async function readModelFile(
  backbone: Pick<Backbone, 'name' | 'file' | 'sha256'>,
): Promise<Uint8Array> {
  const bytes = await readFile(backbone.file).catch((cause: unknown) => {
    throw new BackboneDamaged(
      `The file of backbone "${backbone.name}" cannot be read: ${backbone.file}. ${mend(backbone)}`,
      { cause },
    );
  });
  const received = createHash('sha256').update(bytes).digest('hex');
  if (received !== backbone.sha256)
    throw new BackboneDamaged(
      `The file of backbone "${backbone.name}" is damaged: ${backbone.file} has SHA-256 ${received}, ` +
        `expected ${backbone.sha256}. ${mend(backbone)}`,
    );
  return bytes;
}

/** Files outside of the package are copies of what a store holds. */
const mend = ({ file }: Pick<Backbone, 'file'>): string =>
  file.startsWith(packageRoot)
    ? 'Install Graft again.'
    : 'Start the command or the worker again: it fetches registered networks from the store.';
