/** Adds up the time in which something goes on, however much at once. */
export interface BusyClock {
  during<Result>(work: () => Promise<Result>): Promise<Result>;
  readonly seconds: number;
}

export function createBusyClock(): BusyClock {
  let running = 0;
  let since = 0;
  let seconds = 0;
  return {
    async during(work) {
      if (running++ === 0) since = performance.now();
      try {
        return await work();
      } finally {
        if (--running === 0) seconds += (performance.now() - since) / 1_000;
      }
    },
    get seconds() {
      return seconds;
    },
  };
}
