import type { DeliveredFault } from './deliver.js';
import { FAULTS, KINDS, type FaultKind } from './faults.js';
import { mostLost } from './ledger.js';
import { type ChaosResult, lossesOf } from './prove.js';

interface Row {
  readonly title: string;
  readonly faults: number;
  readonly inFlight: number | undefined;
  readonly lost: number;
  readonly allowed: number | undefined;
}

/** The result as lines for people: a table of faults, what the operator had to do, and every check. */
export function describeResult(result: ChaosResult, diskNote: string): readonly string[] {
  const { rounds, undisturbed, delivered } = result;
  const failures = rounds.flatMap((round) => round.failures);
  const sum = (count: (round: (typeof rounds)[number]) => number): number =>
    rounds.reduce((total, round) => total + count(round), 0);
  const { receipt } = undisturbed;
  return [
    ...table(result),
    '',
    `${receipt.images} pictures, ${receipt.batches} batches a run, ${rounds.length} disturbed runs; file system full: ${diskNote}`,
    `the operator resumed ${sum(({ operations }) => operations.resumed)} times, retried failed batches ` +
      `${sum(({ operations }) => operations.retried)} times, started a failed run again ${failures.length} times` +
      describeTypes(failures.map(({ type }) => type)),
    `contentHash ${receipt.contentHash}; metrics at most ${result.metricDifference} apart`,
    '',
    ...describeChecks(result),
    '',
    `${delivered.length} faults survived${result.checks.every(({ holds }) => holds) ? '' : ', BUT NOT ALL CHECKS HOLD'}`,
  ];
}

function describeTypes(types: readonly string[]): string {
  const counts = [...new Set(types)].map((type) => `${type} ${types.filter((each) => each === type).length}`);
  return counts.length === 0 ? '' : ` (${counts.join(', ')})`;
}

function table(result: ChaosResult): readonly string[] {
  const rows = KINDS.flatMap((kind) => rowOf(kind, result));
  const total = {
    title: 'together',
    faults: result.delivered.length,
    inFlight: undefined,
    lost: rows.reduce((all, row) => all + row.lost, 0),
    allowed: undefined,
  };
  const cell = (value: number | undefined): string => String(value ?? '').padStart(10);
  const line = ({ title, faults, inFlight, lost, allowed }: Row): string =>
    `  ${title.padEnd(36)}${[faults, inFlight, lost, allowed].map(cell).join('')}`;
  const head = `  ${''.padEnd(36)}${['faults', 'in flight', 'repeated', 'allowed'].map((name) => name.padStart(10)).join('')}`;
  return [head, ...rows.map(line), line(total)];
}

function rowOf(kind: FaultKind, { delivered, lost }: ChaosResult): readonly Row[] {
  const faults = delivered.filter((fault) => fault.kind === kind);
  if (faults.length === 0) return [];
  const add = (count: (fault: DeliveredFault) => number): number =>
    faults.reduce((sum, fault) => sum + count(fault), 0);
  const isBounded = faults.every((fault) => mostLost(fault) !== undefined);
  return [
    {
      title: FAULTS[kind],
      faults: faults.length,
      inFlight: isBounded ? add(({ inFlight }) => inFlight) : undefined,
      lost: add((fault) => lossesOf(fault, lost)),
      allowed: isBounded ? add((fault) => mostLost(fault) ?? 0) : undefined,
    },
  ];
}

/** One line per sentence, however often it was looked at; of one that does not hold, what was found. */
function describeChecks({ checks }: ChaosResult): readonly string[] {
  const titles = [...new Set(checks.map(({ title }) => title))];
  return titles.flatMap((title) => {
    const all = checks.filter((check) => check.title === title);
    const broken = all.filter(({ holds }) => !holds);
    const times = all.length > 1 ? ` (${all.length} times)` : '';
    return [
      `  ${broken.length === 0 ? '✔' : '✖'} ${title}${times}`,
      ...broken.map(({ found }) => `      found: ${found}`),
    ];
  });
}
