import { type ObjectStore, StoreUnavailable } from '../../storage/object-store.js';

/** A store whose process dies: after so many changes (writes, replacements, deletions) nothing gets through any more. */
export function dyingStore(store: ObjectStore, changes: number): ObjectStore {
  let left = changes;
  const change = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (left-- > 0) return work();
    throw new StoreUnavailable('killed');
  };
  return {
    url: store.url,
    get: (key, range) => store.get(key, range),
    head: (key) => store.head(key),
    list: (prefix) => store.list(prefix),
    check: () => store.check(),
    putIfAbsent: (key, body) => change(() => store.putIfAbsent(key, body)),
    replace: (key, body) => change(() => store.replace(key, body)),
    delete: (key) => change(() => store.delete(key)),
  };
}
