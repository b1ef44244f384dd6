import { fileURLToPath } from 'node:url';
import { join, relative } from 'node:path';
import type { ObjectStore } from '../storage/object-store.js';

/** Where a person finds an object: a path that can be opened for a folder, the object's address for a bucket. */
export function describePlace(store: ObjectStore, key: string): string {
  if (!store.url.startsWith('file:')) return `${store.url.replace(/\/$/, '')}/${key}`;
  const path = join(fileURLToPath(store.url), ...key.split('/'));
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : `./${fromHere}`;
}
