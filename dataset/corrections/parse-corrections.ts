import { BadInput } from '../../errors/graft-error.js';
import type { Sha256 } from '../dataset.js';
import { quote } from '../quote.js';
import { type CsvRow, parseCsv, plainCell } from './csv.js';

/** What somebody says a picture is. */
export interface Correction {
  /** Line of the file, from 1. */
  readonly line: number;
  /** Of the picture's bytes, or its path in the source: at least one of both. */
  readonly sha256?: Sha256;
  readonly path?: string;
  readonly label: string;
}

/**
 * Reads a corrections file: CSV in UTF-8 with commas, semicolons or tabs, its first line a header with `label` and `sha256`
 * or `path`; other columns are passed over, so that a corrected `suspects.csv` is one.
 *
 * @throws BadInput with the line where the file is none, or where two rows give one picture different labels.
 */
export function parseCorrections(bytes: Uint8Array): readonly Correction[] {
  const [header, ...rows] = readRows(bytes);
  const names = (header?.cells ?? []).map((name) => plainCell(name.trim()));
  const [label, sha256, path] = ['label', 'sha256', 'path'].map((name) => names.indexOf(name));
  if (label === undefined || label < 0 || (sha256 === -1 && path === -1))
    throw new BadInput(
      `The corrections' first line: expected columns named label and sha256 (or path), received ${quote(names.join(','))}.`,
    );
  const corrections = rows.map((row) => readCorrection(row, label, sha256 ?? -1, path ?? -1));
  assertNoContradiction(corrections);
  return corrections;
}

function readRows(bytes: Uint8Array): readonly CsvRow[] {
  const text = decodeText(bytes).replace(/^\u{feff}/u, '');
  const [first = ''] = text.split(/\r?\n/, 1);
  const delimiter = [',', ';', '\t'].find((each) => first.includes(each)) ?? ',';
  const rows = parseCsv(text, delimiter);
  if (rows !== undefined) return rows;
  throw new BadInput('The corrections end inside a quoted cell. Save the file as CSV again.');
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new BadInput('The corrections are not text in UTF-8. Save the file as CSV in UTF-8.', { cause });
  }
}

function readCorrection({ line, cells }: CsvRow, label: number, sha256: number, path: number): Correction {
  const cellAt = (at: number): string => plainCell((cells[at] ?? '').trim());
  const [hash, place, name] = [cellAt(sha256).toLowerCase(), cellAt(path), cellAt(label)];
  const where = `Line ${line} of the corrections`;
  if (name === '') throw new BadInput(`${where} has no label; expected the name of a class.`);
  if (hash !== '' && !/^[0-9a-f]{64}$/.test(hash))
    throw new BadInput(`${where}: expected a sha256 of 64 hexadecimal digits, received ${quote(hash)}.`);
  if (hash === '' && place === '')
    throw new BadInput(`${where} names no picture; expected its sha256 or path.`);
  return { line, label: name, ...(hash !== '' && { sha256: hash }), ...(place !== '' && { path: place }) };
}

function assertNoContradiction(corrections: readonly Correction[]): void {
  const known = new Map<string, Correction>();
  for (const correction of corrections) {
    const picture = correction.sha256 ?? correction.path ?? '';
    const before = known.get(picture);
    if (before !== undefined && before.label !== correction.label) throw contradiction(before, correction);
    known.set(picture, correction);
  }
}

export const contradiction = (a: Correction, b: Correction): BadInput =>
  new BadInput(
    `Lines ${a.line} and ${b.line} of the corrections give one picture two labels, ${quote(a.label)} and ${quote(b.label)}. Keep one.`,
  );
