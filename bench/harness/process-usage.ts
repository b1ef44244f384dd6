import { readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second, whatever the kernel's own tick. */
const TICKS_A_SECOND = 100;

/** A process and those that it has started, itself first; itself alone where Linux does not tell. */
export function withChildren(pid: number): readonly number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return [pid, ...children.trim().split(' ').filter(Boolean).map(Number)];
  } catch {
    return [pid];
  }
}

/** User and system time of a process so far, in seconds; NaN where Linux does not tell. */
export function processorSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
  } catch {
    return Number.NaN;
  }
}

/** `peak memory of worker + child 328 + 366 = 694 MB`: the most that each process ever had in RAM. */
export function describePeakMemory(pids: readonly number[]): string {
  const megabytes = pids.map(peakMegabytes);
  const sum = megabytes.reduce((total, each) => total + each, 0);
  if (Number.isNaN(sum)) return 'peak memory not measured (needs Linux)';
  return `peak memory of worker + child ${megabytes.map((each) => each.toFixed(0)).join(' + ')} = ${sum.toFixed(0)} MB`;
}

function peakMegabytes(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1_024;
  } catch {
    return Number.NaN;
  }
}
