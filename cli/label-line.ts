import { escapeTerminal } from './escape-terminal.js';

export const LABEL_WIDTH = 13;

/** `Source       ./pictures`: text that comes from elsewhere moves no cursor, colours that picocolors added stay. */
export const labelLine = (label: string, text: string): string =>
  `${label.padEnd(LABEL_WIDTH)}${escapeKeepingColours(text)}`.trimEnd();

const escapeKeepingColours = (text: string): string =>
  text
    .split(/(\x1b\[\d+m)/) // eslint-disable-line no-control-regex
    .map((part, at) => (at % 2 === 1 ? part : escapeTerminal(part)))
    .join('');
