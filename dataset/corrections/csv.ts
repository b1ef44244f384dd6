/** What a spreadsheet would take for a formula, behind any number of apostrophes. */
const FORMULA = /^'*[=+\-@\t\r]/;

/**
 * A table as CSV (RFC 4180, UTF-8, LF), the header first. Every cell is quoted where it has to be, and a text that a
 * spreadsheet would take for a formula gets an apostrophe before it (OWASP, "CSV injection").
 */
export function encodeCsv(columns: readonly string[], rows: Iterable<readonly (string | number)[]>): string {
  const lines = [columns.map(encodeCell).join(',')];
  for (const row of rows) lines.push(row.map(encodeCell).join(','));
  return `${lines.join('\n')}\n`;
}

function encodeCell(cell: string | number): string {
  if (typeof cell === 'number') return String(cell);
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
