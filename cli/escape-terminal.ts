/** Text from outside, safe to print: control characters (colours, cursor moves, bells) show as `\x1b`. */
export const escapeTerminal = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- control characters are what this is about
  text.replace(
    /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\x${(character.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`,
  );
