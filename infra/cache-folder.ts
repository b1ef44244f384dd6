import { resolve } from 'node:path';
import envPaths from 'env-paths';
import type { Environment } from './environment.js';

const paths = envPaths('graft-ml', { suffix: '' });

/** Where downloaded and built tools are kept: GRAFT_CACHE, else the system's cache folder for users. */
export function cacheFolder(environment: Environment = process.env): string {
  const chosen = environment['GRAFT_CACHE'];
  return chosen ? resolve(chosen) : paths.cache;
}

/** Where data lives that has no folder of its own: the server's database of an `s3://` store. */
export function userDataFolder(environment: Environment = process.env): string {
  const chosen = environment['GRAFT_DATA'];
  return chosen ? resolve(chosen) : paths.data;
}
