import { z } from 'zod';
import { BadInput, GraftError } from '../errors/graft-error.js';
import { type RunRecord, readRun } from '../runs/read-run.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { Finding, Findings } from './finding.js';
import { createFindings } from './findings.js';
import { readJson } from './read-json.js';
import { type CompletedOutcome, completedOutcome, endedWell, inputRecord, outcomeRecord } from './records.js';

/** A run that ended well, and where it lies. */
export interface Subject {
  readonly store: ObjectStore;
  readonly run: RunRecord;
  readonly outcome: CompletedOutcome;
}

/**
 * Opens the run that `reference` names: an id, enough of its beginning, or `last`. Where the runs' own records
 * are too damaged to tell, the findings about them instead.
 *
 * @throws BadInput where it names none, several, or a run that did not end well.
 */
export async function openCompletedRun(
  store: ObjectStore,
  reference: string,
): Promise<Subject | readonly Finding[]> {
  try {
    const { outcome: found, ...run } = await readRun(store, reference);
    const { status } = outcomeRecord.parse(found);
    if (!endedWell(status))
      throw new BadInput(
        `Run ${run.runId} ended as ${status}: only runs that ended with a model can be verified. graft status ${run.runId} tells why.`,
      );
    inputRecord.parse(run);
    return { store, run, outcome: completedOutcome.parse(found) };
  } catch (error) {
    if (error instanceof GraftError) throw error;
    const findings = await findDamagedRecords(store);
    if (findings.length === 0) throw error;
    return findings;
  }
}

/** Every run's record that is not as Graft writes it. */
async function findDamagedRecords(store: ObjectStore): Promise<readonly Finding[]> {
  const findings = createFindings();
  for await (const { key } of store.list(keys.runs())) await checkRecord(store, key, findings);
  return findings.list;
}

async function checkRecord(store: ObjectStore, object: string, findings: Findings): Promise<void> {
  const [, runId = '', file] = object.split('/');
  if (object !== keys.runInput(runId) && object !== keys.runOutcome(runId)) return;
  await findings.attempt({ store, what: 'record', object }, async () => {
    if (file === 'input.json') return readJson(store, object, inputRecord);
    const { status } = await readJson(store, object, outcomeRecord);
    return readJson(store, object, endedWell(status) ? completedOutcome : z.unknown());
  });
}
