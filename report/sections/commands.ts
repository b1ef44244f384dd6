import type { DatasetManifest } from '../../dataset/dataset.js';
import { type Html, html, printable } from '../html.js';
import type { ReportInput } from '../report-input.js';

/** Datasets whose source Graft knows by their name. */
const KNOWN = ['sample', 'food-5k'];

/** What a command is for, and the command. */
export type CommandLine = readonly [purpose: string, command: string];

/** What to type next. Names are quoted for a POSIX shell: a dataset must not smuggle a command into the clipboard. */
export function commands(input: ReportInput): Html {
  const { dataset, head, runId } = input;
  const again = runAgain(dataset);
  const lines: readonly CommandLine[] = [
    [
      'Classify a picture of your own with this model',
      `graft classify my-picture.jpg --model ${shellQuote(head.model)}`,
    ],
    ['Run it again: features that exist are reused', again],
    ...(input.selection === undefined
      ? [['Choose head and C by validation, in seconds', `${again} --head auto`] as const]
      : []),
    ['What this run did, stage by stage', `graft status ${shellQuote(runId)}`],
  ];
  return html`<section aria-labelledby="next">
    <h2 id="next">What to do next</h2>
    ${commandList(lines)}
  </section>`;
}

/** Commands, each with what it is for. */
export function commandList(lines: readonly CommandLine[]): Html {
  return html`<dl class="commands">
    ${lines.map(
      ([purpose, command]) =>
        html`<div>
          <dt>${purpose}</dt>
          <dd><code>${command}</code></dd>
        </div>`,
    )}
  </dl>`;
}

/** The command that runs a data set again. */
export function runAgain({ name, source }: Pick<DatasetManifest, 'name' | 'source'>): string {
  const run = `graft run ${shellQuote(name)}`;
  return KNOWN.includes(name) ? run : `${run} --source ${shellQuote(source)}`;
}

/** One word for a POSIX shell; left bare where nothing in it has a meaning to the shell. */
export function shellQuote(text: string): string {
  const line = printable(text).replace(/[\n\t]/g, ' ');
  return /^[\w./:@%+,][\w./:@%+,-]*$/.test(line) ? line : `'${line.replaceAll("'", `'\\''`)}'`;
}
