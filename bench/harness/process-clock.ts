import { processorSeconds } from './process-usage.js';

/** Tells what a piece of work cost each of some processes. */
export interface ProcessClock {
  measure<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly seconds: readonly number[] }>;
}

/** @param pids asked before and after the work; `seconds` are processor seconds in their order. */
export function createProcessClock(pids: () => readonly number[]): ProcessClock {
  return {
    measure: async (work) => {
      const before = pids().map(processorSeconds);
      const result = await work();
      const seconds = pids().map((pid, at) => processorSeconds(pid) - (before[at] ?? 0));
      return { result, seconds };
    },
  };
}
