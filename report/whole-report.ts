/** Whether this is a whole HTML report about a run. A report carries no hash: its end and the run's id must do. */
export function isWholeReport(bytes: Uint8Array, runId: string): boolean {
  const text = Buffer.from(bytes).toString().trimEnd();
  return text.endsWith('</html>') && text.includes(runId);
}
