import { readFileSync } from 'node:fs';

/** What a process has used so far; NaN where the system does not tell (Linux does). */
export interface ProcessUsage {
  /** User and system time of all its threads, in milliseconds. */
  readonly processorMs: number;
  /** The most memory it ever had, in bytes. */
  readonly peakBytes: number;
}

/** Linux counts processor time in hundredths of a second, whatever the kernel's own tick: `proc(5)`. */
const TICK_MS = 10;

/** Reads `/proc/<pid>`. */
export function readProcessUsage(pid: number | undefined): ProcessUsage {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const peak = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
    return {
      processorMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS,
      peakBytes: Number(peak) * 1_024,
    };
  } catch {
    return { processorMs: Number.NaN, peakBytes: Number.NaN };
  }
}
