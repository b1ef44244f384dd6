import { readPlan } from '../features/plan-segments.js';
import { isWholeMarkdown, isWholeReport } from '../report/whole-report.js';
import { trainedBy } from '../runs/run-summary.js';
import { keys } from '../storage/keys.js';
import type { Examined, Findings } from './finding.js';
import { hashObject } from './hash-object.js';
import type { Subject } from './open-run.js';
import { readJson } from './read-json.js';
import { metricsFile } from './records.js';

/**
 * Examines what lies under `runs/<runId>/` but for the receipt, of an unchanged run the metrics and report that it shows;
 * `input.json` and `outcome.json` were read to open it.
 */
export async function checkRun(subject: Subject, findings: Findings): Promise<Examined> {
  const { run, outcome } = subject;
  if (outcome.runId !== run.runId)
    findings.add({
      kind: 'record disagrees',
      object: keys.runOutcome(run.runId),
      detail: `expected the outcome of run ${run.runId}, found that of ${outcome.runId}`,
    });
  const segments = await checkPlan(subject, findings);
  await checkMetrics(subject, findings);
  await checkReports(subject, findings);
  return { counts: { objects: segments + 5 } };
}

/** How many segments the plan names. */
async function checkPlan({ store, run: { runId } }: Subject, findings: Findings): Promise<number> {
  const object = keys.runPlan(runId);
  const plan = await findings.attempt({ store, what: 'record', object }, () => readPlan(store, runId));
  for (const { key } of plan?.segments ?? []) {
    const found = await findings.attempt({ store, what: 'plan segment', object: key }, () =>
      hashObject(store, key),
    );
    if (found === undefined || key.endsWith(`.${found.sha256.slice(0, 12)}.json`)) continue;
    findings.add({
      kind: 'plan segment altered',
      object: key,
      detail: `its name does not fit its SHA-256 ${found.sha256}`,
    });
  }
  return plan?.segments.length ?? 0;
}

/**
 * `metrics.json`, of an unchanged run the earlier one's, is replaced when an evaluation is repeated: what it says must be
 * what the outcome says.
 */
async function checkMetrics({ store, outcome }: Subject, findings: Findings): Promise<void> {
  const object = keys.runMetrics(trainedBy(outcome));
  const metrics = await findings.attempt({ store, what: 'record', object }, () =>
    readJson(store, object, metricsFile),
  );
  if (metrics === undefined) return;
  const { positive, evaluation } = metrics;
  const { accuracy, rocAuc, averagePrecision, logLoss } = evaluation;
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['positive', positive, outcome.positive],
    ['accuracy', accuracy, outcome.evaluation.accuracy],
    ['rocAuc', rocAuc, outcome.evaluation.rocAuc],
    ['averagePrecision', averagePrecision, outcome.evaluation.averagePrecision],
    ['logLoss', logLoss, outcome.evaluation.logLoss],
    ['report', evaluation.report, outcome.classificationReport],
  ];
  for (const [name, found, expected] of pairs)
    if (found !== expected)
      findings.add({
        kind: 'record disagrees',
        object,
        detail: `${name}: expected ${JSON.stringify(expected)} as in outcome.json, found ${JSON.stringify(found)}`,
      });
}

/** Reports carry no hash: they must be whole and about the run that trained. Runs of older releases have no Markdown. */
async function checkReports({ store, outcome }: Subject, findings: Findings): Promise<void> {
  const runId = trainedBy(outcome);
  const reports = [
    { object: keys.runReport(runId), format: 'HTML', isWhole: isWholeReport },
    ...(outcome.keys.markdown === undefined
      ? []
      : [{ object: keys.runMarkdown(runId), format: 'Markdown', isWhole: isWholeMarkdown }]),
  ];
  for (const { object, format, isWhole } of reports) {
    const bytes = await findings.attempt({ store, what: 'report', object }, () => store.get(object));
    if (bytes === undefined || isWhole(bytes, runId)) continue;
    findings.add({
      kind: 'report damaged',
      object,
      detail: `expected a whole ${format} file about run ${runId}, found ${bytes.byteLength} bytes of something else`,
    });
  }
}
