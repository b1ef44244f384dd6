import { type Command, Option } from 'commander';
import pc from 'picocolors';
import { count } from '../dataset/quote.js';
import { deleteGarbage } from '../housekeeping/delete-garbage.js';
import { findGarbage } from '../housekeeping/find-garbage.js';
import { GARBAGE_KINDS, type Garbage, type GarbageKind } from '../housekeeping/garbage.js';
import { formatBytes } from '../report/numbers.js';
import { openStore } from '../storage/open-store.js';
import { escapeTerminal } from './escape-terminal.js';
import { quoteWord } from './quote-word.js';
import { formatDuration, parseDuration } from './schedule-duration.js';
import { DEFAULT_STORE, storeOption } from './store-option.js';

interface GcOptions {
  readonly store: string;
  /** Milliseconds. */
  readonly olderThan: number;
  readonly delete?: boolean;
  readonly list?: boolean;
}

const DEFAULT_AGE = '7d';

export function addGc(program: Command): void {
  program
    .command('gc')
    .description('Show what a store holds that nobody needs any more; with --delete, throw it away.')
    .addOption(storeOption())
    .addOption(
      new Option('--older-than <age>', 'leave alone whatever is younger, for a run may be at it: 7d, 36h')
        .argParser(parseDuration)
        .default(parseDuration(DEFAULT_AGE), DEFAULT_AGE),
    )
    .option('--delete', 'delete it')
    .option('--list', 'name every object')
    .addHelpText('after', '\nExamples:\n  graft gc\n  graft gc --delete --older-than 30d')
    .action(collect);
}

async function collect(options: GcOptions): Promise<void> {
  const store = await openStore(options.store);
  const findings = await findGarbage(store, { before: new Date(Date.now() - options.olderThan) });
  const deleted = options.delete === true ? await deleteGarbage(store, findings) : undefined;
  const garbage = deleted?.garbage ?? findings.garbage;
  const age = `older than ${formatDuration(options.olderThan)}`;
  if (garbage.length === 0) write(`Nothing in ${store.url} that is ${age} is without use.\n`);
  else write(`${describeGarbage(garbage, options.list === true)}\n`);
  for (const note of [...findings.notes, ...(deleted?.notes ?? [])]) write(`${escapeTerminal(note)}\n`);
  if (garbage.length === 0) return;
  const repeat = `graft gc --delete${storeArgument(options.store)}${ageArgument(options.olderThan)}`;
  if (deleted === undefined) write(`Nothing was deleted; ${age} in ${store.url}. Delete it: ${repeat}\n`);
  else write(`Deleted from ${store.url}.\n`);
}

/** One line per kind, and one for all of it: how many, how many bytes, what. */
function describeGarbage(garbage: readonly Garbage[], inFull: boolean): string {
  const kinds = (Object.keys(GARBAGE_KINDS) as GarbageKind[]).flatMap((kind) => {
    const some = garbage.filter((each) => each.kind === kind);
    return some.length === 0 ? [] : [{ some, what: GARBAGE_KINDS[kind] }];
  });
  const lines = kinds.flatMap(({ some, what }) => [
    describeLine(some, what),
    ...(inFull ? some.map(({ name }) => pc.dim(`${' '.repeat(22)}${escapeTerminal(name)}`)) : []),
  ]);
  return [...lines, describeLine(garbage, 'together')].join('\n');
}

function describeLine(garbage: readonly Garbage[], what: string): string {
  const bytes = garbage.reduce((sum, { size }) => sum + size, 0);
  return `${count(garbage.length).padStart(9)}  ${formatBytes(bytes).padStart(9)}  ${what}`;
}

const storeArgument = (address: string): string =>
  address === DEFAULT_STORE ? '' : ` --store ${quoteWord(address)}`;

const ageArgument = (age: number): string =>
  age === parseDuration(DEFAULT_AGE) ? '' : ` --older-than ${formatDuration(age)}`;

const write = (text: string): void => void process.stdout.write(text);
