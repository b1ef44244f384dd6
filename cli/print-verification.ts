import pc from 'picocolors';
import { count } from '../dataset/quote.js';
import type { CheckResult, Finding } from '../verification/finding.js';
import type { CompletedOutcome } from '../verification/records.js';
import { printAnnouncements } from './announcements.js';
import { escapeTerminal } from './escape-terminal.js';

/** Findings of one kind that are shown to people; JSON has all. */
const SHOWN = 20;
const NAME_WIDTH = 10;
const COUNTS_WIDTH = 46;
/** Pictures between two reports of progress, and how long nobody needs any. */
const STRIDE = 100;
const PATIENCE_MS = 2_000;

type Named = Pick<CompletedOutcome, 'runId' | 'dataset' | 'version' | 'backbone' | 'fingerprint' | 'model'>;

/** Prints a verification as it goes, or at its end as one line of JSON. */
export function printVerification(json: boolean) {
  const announce = printAnnouncements(process.stderr);
  const started = performance.now();
  const line = (text: string): void => {
    if (json) return;
    // On a terminal the last line may be half a line of progress.
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K');
    process.stdout.write(`${text}\n`);
  };
  return {
    begin: ({ runId, dataset, backbone }: Named): void =>
      line(`graft verify · run ${runId} · ${escapeTerminal(dataset)} · ${escapeTerminal(backbone)}\n`),
    pictures: (done: number, all: number): void => {
      if (!json && done % STRIDE === 0 && performance.now() - started > PATIENCE_MS)
        announce({ kind: 'progress', text: `${count(done)} of ${count(all)} pictures hashed` });
    },
    check: (result: CheckResult): void => line(checkLine(result)),
    end: (results: readonly CheckResult[], outcome: Named | undefined): void => {
      if (json) process.stdout.write(`${JSON.stringify(summarise(results, outcome))}\n`);
      else line(`\n${describeFindings(results.flatMap(({ findings }) => findings))}`);
    },
  };
}

/** The line of JSON. */
function summarise(results: readonly CheckResult[], outcome: Named | undefined) {
  const { runId, dataset, version, backbone, fingerprint, model } = outcome ?? {};
  const findings = results.flatMap(({ check, findings: found }) => found.map((each) => ({ check, ...each })));
  return {
    ...{ runId, dataset, version, backbone, fingerprint, model },
    status: findings.length === 0 ? 'intact' : 'damaged',
    checks: results.map(({ findings: found, ...result }) => ({ ...result, findings: found.length })),
    findings,
  };
}

function checkLine({ check, counts, note, findings, seconds }: CheckResult): string {
  const mark = findings.length === 0 ? pc.green('✔') : pc.red('✖');
  const looked = Object.entries(counts).map(describeCount).join(', ');
  const found = findings.length === 0 ? '' : pc.red(` · ${number(findings.length, 'findings')}`);
  const time = pc.dim(`${seconds.toFixed(1).padStart(6)} s`);
  const first = `  ${mark} ${check.padEnd(NAME_WIDTH)} ${looked.padEnd(COUNTS_WIDTH)}${time}${found}`;
  return note === undefined
    ? first
    : `${first}\n    ${''.padEnd(NAME_WIDTH)} ${pc.dim(escapeTerminal(note))}`;
}

const describeCount = ([name, value]: readonly [string, number]): string =>
  name === 'bytes' ? `${(value / 1e6).toFixed(1)} MB` : number(value, name);

/** `1 shard`, `2 shards`. */
const number = (value: number, plural: string): string =>
  `${count(value)} ${value === 1 ? plural.replace(/s$/, '') : plural}`;

function describeFindings(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'Nothing is lost, nothing is altered.';
  const kinds = [...new Set(findings.map(({ kind }) => kind))];
  const groups = kinds.map((kind) =>
    describeKind(
      kind,
      findings.filter((finding) => finding.kind === kind),
    ),
  );
  return groups.join('\n');
}

function describeKind(kind: string, findings: readonly Finding[]): string {
  const shown = findings
    .slice(0, SHOWN)
    .map(({ object, detail }) => `  ${escapeTerminal(object)}\n    ${escapeTerminal(detail)}`);
  const more = findings.length > SHOWN ? [`  and ${count(findings.length - SHOWN)} more`] : [];
  return [pc.bold(`${kind} (${count(findings.length)})`), ...shown, ...more, ''].join('\n');
}
