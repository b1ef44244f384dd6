import { readFileSync } from 'node:fs';

/** Whether a pid is that of an extractor process that lives; it may be another's by now. */
export function isExtractor(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('extractor-process');
  } catch {
    return false;
  }
}
