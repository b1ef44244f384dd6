import type { ObjectStore } from '../../storage/object-store.js';

const REQUESTS = ['get', 'head', 'putIfAbsent', 'replace', 'list', 'delete'] as const;

/** How often each operation of a store was asked for. */
export type RequestCounts = Readonly<Record<(typeof REQUESTS)[number], number>>;

export const sumOfRequests = (counts: RequestCounts): number =>
  REQUESTS.reduce((sum, name) => sum + counts[name], 0);

/** `get 3, head 2,000`: those that came at all. */
export const describeRequests = (counts: RequestCounts): string =>
  REQUESTS.filter((name) => counts[name] > 0)
    .map((name) => `${name} ${counts[name].toLocaleString('en')}`)
    .join(', ');

export const subtractRequests = (later: RequestCounts, earlier: RequestCounts): RequestCounts => {
  const differences = REQUESTS.map((name) => [name, later[name] - earlier[name]]);
  return Object.fromEntries(differences) as RequestCounts;
};

/** A store that counts what it is asked for; one listing counts once, however many pages it has. */
export function createCountingStore(store: ObjectStore): {
  readonly store: ObjectStore;
  readonly counts: () => RequestCounts;
} {
  const counts = { get: 0, head: 0, putIfAbsent: 0, replace: 0, list: 0, delete: 0 };
  const counted = <Arguments extends readonly unknown[], Result>(
    name: keyof RequestCounts,
    ask: (...given: Arguments) => Result,
  ) => {
    return (...given: Arguments): Result => {
      counts[name]++;
      return ask(...given);
    };
  };
  return {
    store: {
      ...store,
      get: counted('get', store.get.bind(store)),
      head: counted('head', store.head.bind(store)),
      putIfAbsent: counted('putIfAbsent', store.putIfAbsent.bind(store)),
      replace: counted('replace', store.replace.bind(store)),
      list: counted('list', store.list.bind(store)),
      delete: counted('delete', store.delete.bind(store)),
    },
    counts: () => ({ ...counts }),
  };
}
