import { CHECKS } from '../../checks/check-settings.js';
import type { ChecksFile } from '../../checks/checks-file.js';
import { pickFindings } from '../found-pictures.js';
import { type Html, NOTHING, html } from '../html.js';
import { countOf, formatCount } from '../numbers.js';
import type { ReportInput } from '../report-input.js';
import { commandList, runAgain } from './commands.js';
import { outlierGallery, pairGallery, suspectGallery } from './found-galleries.js';
import { className } from './name.js';

/** What the data checks found: a verdict each, then the pictures that it is about. */
export function checks({ checks: reported, dataset }: ReportInput): Html {
  if (reported === undefined)
    return section(html`<p class="empty">Nobody looked at the data of this run.</p>`);
  const { found, thumbnails } = reported;
  const { pairs, suspects, outliers } = pickFindings(found);
  return section(html`
    <p class="lead">
      ${countOf(found.pictures, 'picture')}, ${formatCount(found.distinct)} of them distinct. A check never
      fails a run; a model whose checks failed is not promoted without being asked.
    </p>
    ${verdictTable(found)} ${balance(found)}
    ${subsection('The same picture twice', aboutPairs(found, pairs.length), pairGallery(pairs, thumbnails))}
    ${subsection('Likely wrong labels', aboutLabels(found, suspects.length), suspectGallery(suspects, thumbnails))}
    ${suspects.length === 0 ? NOTHING : correction(dataset)}
    ${subsection('Pictures unlike all others', aboutOutliers(found, outliers.length), outlierGallery(outliers, thumbnails))}
  `);
}

/** What each check is called for people. */
export const CHECK_IN_WORDS = {
  leaks: 'Leaks into evaluation',
  contradictions: 'Contradictory labels',
  wrongLabels: 'Wrong labels',
  duplicates: 'Duplicates',
  outliers: 'Outliers',
  imbalance: 'Balance',
} as const;

const MARKS = { passed: '✓', warned: '!', failed: '✗', 'not looked at': '–' } as const;

const section = (content: Html): Html =>
  html`<section aria-labelledby="checks">
    <h2 id="checks">Data checks</h2>
    ${content}
  </section>`;

const subsection = (title: string, lead: Html, gallery: Html): Html =>
  html`<h3 class="finding">${title}</h3>
    <p class="lead">${lead}</p>
    ${gallery}`;

function verdictTable({ verdicts }: ChecksFile): Html {
  return html`<table class="verdicts">
    <thead class="unseen">
      <tr>
        <th scope="col">Check</th>
        <th scope="col">Verdict</th>
        <th scope="col">Finding</th>
      </tr>
    </thead>
    <tbody>
      ${CHECKS.map((check) => {
        const { level, sentence } = verdicts[check];
        const mark = html`<span aria-hidden="true">${MARKS[level]}</span> ${level}`;
        return html`<tr>
          <th scope="row">${CHECK_IN_WORDS[check]}</th>
          <td class="${level.replaceAll(' ', '-')}">${mark}</td>
          <td>${sentence}</td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}

/** Which classes of training the last row of the table is about; their numbers stand in the composition. */
function balance({ balance: sizes }: ChecksFile): Html {
  const classes = Object.entries(sizes).toSorted(([, a], [, b]) => b - a);
  const [largest, smallest] = [classes.at(0), classes.at(-1)];
  if (largest === undefined || smallest === undefined || largest[1] === smallest[1]) return NOTHING;
  return html`<p class="lead finding">
    Training's largest class is ${className(largest[0])} with ${countOf(largest[1], 'picture')}, its smallest
    ${className(smallest[0])} with ${formatCount(smallest[1])}.
  </p>`;
}

function aboutPairs({ identical, near }: ChecksFile, shown: number): Html {
  const { groups, acrossSplits, contradictory } = identical;
  const files =
    groups === 0
      ? 'No identical files.'
      : `${countOf(groups, 'group')} of identical files, ${formatCount(acrossSplits)} in more than one split, ${formatCount(contradictory)} of more than one class.`;
  const pairs =
    typeof near === 'string'
      ? near
      : near.pairs === 0
        ? 'No near duplicates.'
        : `${countOf(near.pairs, 'pair')} of near duplicates, ${formatCount(near.acrossSplits)} across splits.`;
  return html`${files} ${pairs} ${shown === 0 ? '' : WHERE_PAIRS}`;
}

const WHERE_PAIRS = 'Leaks first; all of them are in duplicates.csv beside this report.';

function aboutLabels({ labels }: ChecksFile, shown: number): Html {
  if (typeof labels === 'string') return html`Nobody looked. ${labels}`;
  const { suspects, looked, leftOut, evaluation } = labels;
  const scope = evaluation ? '' : ' The evaluation split was left out.';
  const few = leftOut === 0 ? '' : ` ${countOf(leftOut, 'picture')} of classes too small were left out.`;
  const these =
    shown < suspects
      ? ` The ${formatCount(shown)} least self-confident are shown; all are in suspects.csv.`
      : '';
  return html`${formatCount(suspects)} of ${countOf(looked, 'label')}, least self-confident first: the number
  is the probability of the label by a head that never saw the picture.${scope}${few}${these}`;
}

/** Paths are left to the reader: the report does not know where the store is mounted, only what lies beside it. */
function correction(dataset: ReportInput['dataset']): Html {
  return commandList([
    [
      'In suspects.csv beside this report, correct the column "label" where it is wrong, then run again; no feature is computed twice',
      `${runAgain(dataset)} --labels suspects.csv`,
    ],
  ]);
}

function aboutOutliers({ outliers }: ChecksFile, shown: number): Html {
  if (typeof outliers === 'string') return html`Nobody looked. ${outliers}`;
  const { found } = outliers;
  if (found === 0) return html`None.`;
  return html`${countOf(found, 'picture')} far from ${found === 1 ? 'its' : 'their'} nearest
  neighbours${shown < found ? html`; the ${formatCount(shown)} farthest are shown` : ''}. The number is the
  distance, 0 to 2.`;
}
