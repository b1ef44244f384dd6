const UNITS = ['kB', 'MB', 'GB', 'TB'] as const;

/** A number of bytes as people read it: `512 B`, `1.2 MB`; a kB is 1,000 bytes. */
export function formatBytes(bytes: number): string {
  let left = bytes;
  let unit = 'B';
  for (const next of UNITS) {
    // 999,960 would be written as 1000.0 kB.
    if (left < 999.95) break;
    left /= 1_000;
    unit = next;
  }
  return `${unit === 'B' ? left : left.toFixed(1)} ${unit}`;
}
