import { FAULTS, KINDS, type FaultKind, isKill } from './faults.js';
import type { FaultCost } from './ledger.js';
import type { ChaosResult } from './prove.js';

/** Titles of the columns, and their width. */
const COLUMNS = ['faults', 'batches in flight', 'done again', 'other work again'] as const;
const TITLE_WIDTH = 38;

/** The result as lines for people: a table of faults, what the operator had to do, and every check. */
export function describeResult(result: ChaosResult, diskNote: string): readonly string[] {
  const { rounds, undisturbed, costs } = result;
  const failures = rounds.flatMap((round) => round.failures);
  const { receipt } = undisturbed;
  return [
    ...table(result),
    '',
    `${receipt.images} pictures, ${receipt.batches} batches a run, ${rounds.length} disturbed runs; file system full: ${diskNote}`,
    `the operator resumed ${sum(rounds, ({ operations }) => operations.resumed)} times, retried failed batches ` +
      `${sum(rounds, ({ operations }) => operations.retried)} times, started a failed run again ${failures.length} times` +
      describeTypes(failures.map(({ type }) => type)),
    `contentHash ${receipt.contentHash}; metrics at most ${result.metricDifference} apart`,
    '',
    ...describeChecks(result),
    '',
    `${costs.length} faults survived${result.checks.every(({ holds }) => holds) ? '' : ', BUT NOT ALL CHECKS HOLD'}`,
  ];
}

function describeTypes(types: readonly string[]): string {
  const counts = [...new Set(types)].map((type) => `${type} ${types.filter((each) => each === type).length}`);
  return counts.length === 0 ? '' : ` (${counts.join(', ')})`;
}

function table({ costs }: ChaosResult): readonly string[] {
  const kinds = KINDS.filter((kind) => costs.some(({ fault }) => fault.kind === kind));
  return [
    line('', COLUMNS),
    ...kinds.map((kind) => rowOf(kind, costs)),
    line('together', [costs.length, '', sum(costs, ofBatches), sum(costs, ofOthers)]),
  ];
}

const ofBatches = ({ batches }: FaultCost): number => batches.length;
const ofOthers = ({ others }: FaultCost): number => others.length;

/** What was in flight bounds what a kill may cost; of trouble that lasts, the same batch may fail of twice. */
function rowOf(kind: FaultKind, all: readonly FaultCost[]): string {
  const costs = all.filter(({ fault }) => fault.kind === kind);
  const inFlight = isKill(kind) ? sum(costs, (cost) => cost.inFlight) : '';
  return line(FAULTS[kind], [costs.length, inFlight, sum(costs, ofBatches), sum(costs, ofOthers)]);
}

const sum = <Item>(items: readonly Item[], count: (item: Item) => number): number =>
  items.reduce((total, item) => total + count(item), 0);

const line = (title: string, cells: readonly (string | number)[]): string =>
  `  ${title.padEnd(TITLE_WIDTH)}${cells.map((cell, at) => String(cell).padStart((COLUMNS[at] ?? '').length + 3)).join('')}`;

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
