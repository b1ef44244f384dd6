/** How a child process ended, as the rest of a sentence that begins with its name. */
export function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === 'SIGKILL') return 'was killed by SIGKILL (often: the machine ran out of memory)';
  return signal === null ? `ended with exit code ${code ?? 0}` : `died of ${signal}`;
}
