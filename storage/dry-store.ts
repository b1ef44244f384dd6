import { ObjectConflict, type ObjectStore } from './object-store.js';

/**
 * A store that reads what `store` holds and forgets what is written: for a dry run. Writing an object gives the answer that
 * `store` would give, {@link ObjectConflict} included; what was "written" is not there afterwards.
 */
export function createDryStore(store: ObjectStore): ObjectStore {
  const { fileOf, unfinished } = store;
  return {
    url: store.url,
    get: (key, range) => store.get(key, range),
    head: (key) => store.head(key),
    list: (prefix) => store.list(prefix),
    ...(fileOf !== undefined && { fileOf: (key) => fileOf(key) }),
    ...(unfinished !== undefined && { unfinished: () => unfinished() }),
    async putIfAbsent(key, body) {
      const there = (await store.head(key)) === undefined ? undefined : await store.get(key);
      if (there === undefined) return 'written';
      if (Buffer.compare(there, body) === 0) return 'present';
      throw new ObjectConflict(
        `The store ${store.url} already holds something else under "${key}". Names follow from content here, so the ` +
          "object there is damaged or not Graft's: move it away.",
      );
    },
    replace: () => Promise.resolve(),
    delete: () => Promise.resolve(),
    check: () => Promise.resolve(),
  };
}
