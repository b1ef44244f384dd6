/** Whether this is a whole Markdown report about a run: its last line names the run and ends. */
export function isWholeMarkdown(bytes: Uint8Array, runId: string): boolean {
  const last = Buffer.from(bytes).toString().split('\n').at(-2) ?? '';
  return last.startsWith('Run ') && last.includes(runId) && last.endsWith('.');
}

/** Whether this is a whole HTML report about a run. A report carries no hash: its end and the run's id must do. */
export function isWholeReport(bytes: Uint8Array, runId: string): boolean {
  const text = Buffer.from(bytes).toString().trimEnd();
  return text.endsWith('</html>') && text.includes(runId);
}
