/** Control characters, and the marks that turn the direction of writing. */
const UNSAFE = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** Text from outside, safe to print: colours, cursor moves and bells show as `\x1b`. */
export const escapeTerminal = (text: string): string =>
  text.replace(UNSAFE, (character) => `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`);

/** The same for a text of several lines, such as a table. */
export const escapeLines = (text: string): string => text.split('\n').map(escapeTerminal).join('\n');
