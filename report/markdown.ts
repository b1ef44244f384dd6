import { printable } from './html.js';

/**
 * Text as a code span: neither Markdown nor HTML nor mentions inside it mean anything, and a terminal reads it well.
 * The fence is longer than any run of backticks inside, as CommonMark 6.1 asks; `|` is escaped for tables.
 */
export function codeSpan(text: string): string {
  const line = printable(text).replace(/\s+/g, ' ').replaceAll('|', '\\|');
  if (line.trim() === '') return '` `';
  const fence = '`'.repeat(longestRun(line) + 1);
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${space}${line}${space}${fence}`;
}

/** Text as a block of code, fenced by more backticks than it holds in a row. */
export function codeBlock(text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}text\n${printable(text)}\n${fence}`;
}

/**
 * A sentence in which nothing means anything to Markdown or HTML; `@` mentions nobody, for a space of no width follows
 * it.
 */
export function prose(text: string): string {
  return printable(text)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]<>|~&#]/g, '\\$&')
    .replaceAll('@', '@\u200B');
}

function longestRun(text: string): number {
  return Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
}
