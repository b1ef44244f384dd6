/** Lends things to who asks, first come, first served. */
export interface Pool<T> {
  /** Waits until one is free. */
  take(): Promise<T>;
  give(item: T): void;
}

export function createPool<T>(items: readonly T[]): Pool<T> {
  const free = [...items];
  const waiting: ((item: T) => void)[] = [];
  return {
    take: () => {
      const item = free.pop();
      return item === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(item);
    },
    give: (item) => {
      const next = waiting.shift();
      if (next === undefined) free.push(item);
      else next(item);
    },
  };
}
