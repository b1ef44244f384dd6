import type { Command } from 'commander';
import pc from 'picocolors';
import { openRegistry } from '../activities/open-registry.js';
import { BadInput } from '../errors/graft-error.js';
import { mcnemarExact } from '../heads/statistics/mcnemar.js';
import { type CatalogueModel, findChampionModel, findModel, listModels } from '../registry/catalogue.js';
import { compareModels, outcomesOf } from '../registry/compare-models.js';
import { decidePromotion } from '../registry/decide-promotion.js';
import type { Comparison } from '../registry/history-entry.js';
import { countOf, formatPoints, formatScore } from '../report/numbers.js';
import { openStore } from '../storage/open-store.js';
import { escapeTerminal } from './escape-terminal.js';
import { labelLine } from './label-line.js';
import { describeUnchecked, judgingNow } from './models-judging.js';
import { describeVerdict, shortName } from './models-words.js';
import { storeOption } from './store-option.js';

interface CompareOptions {
  readonly store: string;
  readonly dataset?: string;
  readonly json?: boolean;
}

export function addModelsCompare(group: Command): void {
  group
    .command('compare')
    .argument('<a>', 'name of a model, or enough of its beginning')
    .argument('[b]', 'name of the model that may take its place (default: <a>, in the place of the champion)')
    .description('Score two models on the same evaluation pictures, which neither has learnt from.')
    .addOption(storeOption())
    .option('--dataset <name>', 'only models of this data set')
    .option('--json', 'print it as one line of JSON')
    .addHelpText('after', '\nExamples:\n  graft models compare 4f1c22\n  graft models compare 9a578d 4f1c22')
    .action(compare);
}

async function compare(a: string, b: string | undefined, options: CompareOptions): Promise<void> {
  const store = await openStore(options.store);
  const models = await listModels(store);
  const first = findModel(models, a, store, options.dataset);
  const [champion, challenger] =
    b === undefined
      ? [await findChampionModel(store, models, first.dataset), first]
      : [first, findModel(models, b, store, options.dataset)];
  assertComparable(champion, challenger);
  const deps = openRegistry(store);
  const { dataset, model } = challenger;
  const { failedChecks, ...subject } = await judgingNow(store, challenger);
  const comparison = await compareModels(deps, { dataset, ...subject, champion, challenger });
  const notPromotable = await deps.explainRefusal(challenger);
  const verdict = decidePromotion({
    ...{ dataset, model, champion: champion.model, failedChecks, comparison },
    ...(notPromotable !== undefined && { notPromotable }),
  });
  const mcnemar = mcnemarExact(outcomesOf(comparison));
  const words = [describeVerdict(verdict), ...describeUnchecked({ failedChecks })].map(escapeTerminal);
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify({ dataset, ...comparison, mcnemar, policy: verdict })}\n`
      : `${print(champion, challenger, comparison, mcnemar)}${words.join('\n')}\n`,
  );
}

function assertComparable(a: CatalogueModel, b: CatalogueModel): void {
  if (a.model === b.model)
    throw new BadInput(`Expected two models to compare, received ${shortName(a.model)} twice.`);
  if (a.dataset !== b.dataset)
    throw new BadInput(
      `${shortName(a.model)} was trained on ${a.dataset} and ${shortName(b.model)} on ${b.dataset}: only models of one data set can be scored on the same pictures.`,
    );
}

function print(a: CatalogueModel, b: CatalogueModel, comparison: Comparison, mcnemar: number): string {
  const { rows, seen, withoutFeature, version, onlyChampion, onlyChallenger, lowerBound } = comparison;
  const { championAccuracy, challengerAccuracy } = comparison;
  const pictures = countOf(rows, 'evaluation picture');
  const width = Math.max(12, a.backbone.length);
  const pair = (label: string, left: string, right: string) =>
    labelLine(label, escapeTerminal(`${left.padEnd(width)}  ${right}`));
  const difference =
    lowerBound === null
      ? '–'
      : `${formatPoints((challengerAccuracy ?? 0) - (championAccuracy ?? 0))} points, at least ${formatPoints(lowerBound)} (one-sided 95 %)`;
  return [
    `${pc.bold(escapeTerminal(a.dataset))} · ${pictures} of version ${version.slice(0, 12)}`,
    pc.dim(`Left out: ${seen} that a model has learnt from, ${withoutFeature} without a feature.`),
    '',
    pair('', shortName(a.model), shortName(b.model)),
    pair('Backbone', a.backbone, b.backbone),
    pair('Accuracy', formatScore(championAccuracy), formatScore(challengerAccuracy)),
    pair('Right alone', String(onlyChampion), String(onlyChallenger)),
    labelLine('Difference', difference),
    labelLine('McNemar', `p = ${mcnemar.toPrecision(2)} (exact, two-sided)`),
    '',
    '',
  ].join('\n');
}
