import { type Html, html, printable } from '../html.js';
import type { ReportInput } from '../report-input.js';

/** Datasets whose source Graft knows by their name. */
const KNOWN = ['sample', 'food-5k'];

/** What to type next. Names are quoted for a POSIX shell: a dataset must not smuggle a command into the clipboard. */
export function commands(input: ReportInput): Html {
  const { dataset, head, runId } = input;
  const source = KNOWN.includes(dataset.name) ? '' : ` --source ${shellQuote(dataset.source)}`;
  const lines: readonly (readonly [string, string])[] = [
    [
      'Classify a picture of your own with this model',
      `graft classify my-picture.jpg --model ${shellQuote(head.model)}`,
    ],
    ['Run it again: features that exist are reused', `graft run ${shellQuote(dataset.name)}${source}`],
    ...(input.selection === undefined
      ? [
          [
            'Choose head and C by validation, in seconds',
            `graft run ${shellQuote(dataset.name)}${source} --head auto`,
          ] as const,
        ]
      : []),
    ['What this run did, stage by stage', `graft status ${shellQuote(runId)}`],
  ];
  return html`<section aria-labelledby="next">
    <h2 id="next">What to do next</h2>
    <dl class="commands">
      ${lines.map(
        ([purpose, command]) =>
          html`<div>
            <dt>${purpose}</dt>
            <dd><code>${command}</code></dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

/** One word for a POSIX shell; left bare where nothing in it has a meaning to the shell. */
export function shellQuote(text: string): string {
  const line = printable(text).replace(/[\n\t]/g, ' ');
  return /^[\w./:@%+,][\w./:@%+,-]*$/.test(line) ? line : `'${line.replaceAll("'", `'\\''`)}'`;
}
