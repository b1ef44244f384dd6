import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

export interface InstalledPackage {
  readonly folder: string;
  readonly version: string;
}

const require = createRequire(import.meta.url);

/** Where a package is installed and in which version; nothing of it is loaded. `undefined` where it is not there. */
export function findPackage(name: string): InstalledPackage | undefined {
  try {
    const manifest = require.resolve(`${name}/package.json`);
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string };
    return { folder: dirname(manifest), version };
  } catch {
    return undefined;
  }
}
