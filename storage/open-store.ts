import { createFileStore } from './file-store.js';
import type { ObjectStore } from './object-store.js';
import { readS3Environment } from './s3-settings.js';
import { parseStoreAddress } from './store-address.js';

export { parseStoreAddress };

/**
 * Opens the store at an address as people type it, see {@link parseStoreAddress}. Touches neither disk nor network: call
 * `check()` to know whether it works. Throws `BadInput`.
 *
 * @param cwd what relative paths are relative to
 */
export async function openStore(address: string, cwd?: string): Promise<ObjectStore> {
  const place = parseStoreAddress(address, cwd);
  if (place.kind === 'file') return createFileStore(place.root);
  // The AWS SDK takes 150 ms to load, which nobody should pay for a folder.
  const { createS3Store } = await import('./s3-store.js');
  return createS3Store({ ...readS3Environment(process.env), bucket: place.bucket, prefix: place.prefix });
}
