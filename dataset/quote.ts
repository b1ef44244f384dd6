/** Longest quotation in a message, in characters. */
const LONGEST = 120;

/** Control characters, invisible format characters (right-to-left overrides) and line separators. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Quotes an untrusted name for a message: nothing that moves a terminal's cursor survives, long names are cut. */
export function quote(name: string): string {
  const shown = name.length <= LONGEST ? name : `${name.slice(0, 80)}…${name.slice(-39)}`;
  return `"${escapeInvisible(shown)}"`;
}

/** Replaces characters that a reader cannot see by their code points: `\u{202e}`. */
export function escapeInvisible(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** The first few of many, for a message: `"a.jpg", "b.jpg" and 7 more`. */
export function quoteSome(names: readonly string[], most = 3): string {
  const shown = names.slice(0, most).map(quote).join(', ');
  return names.length > most ? `${shown} and ${count(names.length - most)} more` : shown;
}

/** A number as people read it: `441,302,118`. */
export function count(number: number): string {
  return number.toLocaleString('en-US');
}
