import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { userDataFolder } from './cache-folder.js';
import type { Environment } from './environment.js';

/**
 * The folder of the embedded server (temporal.db, temporal.log, server.json) that belongs to a store.
 *
 * `file://` stores keep it inside, as `.temporal/`; a bucket cannot hold a database, so an `s3://` store has a folder of its
 * own in the user's data folder (GRAFT_DATA, else the system's), named by the hash of the store's address.
 */
export function serverFolderOf(storeUrl: string, environment: Environment = process.env): string {
  if (storeUrl.startsWith('file:')) return join(fileURLToPath(storeUrl), '.temporal');
  const name = createHash('sha256').update(storeUrl).digest('hex').slice(0, 16);
  return join(userDataFolder(environment), 'servers', name);
}
