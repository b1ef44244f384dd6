import { z } from 'zod';
import type { Sha256 } from '../dataset/dataset.js';
import { getIfThere } from '../dataset/optional-object.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import { CHECKS } from './check-settings.js';
import {
  type ChecksFile,
  type ChecksSubject,
  composeChecks,
  decodeChecks,
  encodeChecks,
} from './checks-file.js';
import type { Findings } from './findings.js';
import { encodeDuplicates, encodeSuspects } from './findings-tables.js';

const groupsFile = z.object({ groups: z.array(z.array(z.string())) });

/** Keeps what was found in a run; `checks.json` last, for it says that the rest is there. */
export async function writeChecks(
  store: ObjectStore,
  runId: string,
  findings: Findings,
  subject: ChecksSubject,
): Promise<ChecksFile> {
  const checks = composeChecks(findings, subject);
  const groups = { groups: findings.groups };
  await store.replace(keys.runSuspects(runId), Buffer.from(encodeSuspects(findings)));
  await store.replace(keys.runDuplicates(runId), Buffer.from(encodeDuplicates(findings)));
  await store.replace(keys.runNearDuplicates(runId), Buffer.from(JSON.stringify(groups)));
  await store.replace(keys.runChecks(runId), encodeChecks(checks));
  return checks;
}

/** What was found in a run; `undefined` where nobody looked. */
export async function readChecks(store: ObjectStore, runId: string): Promise<ChecksFile | undefined> {
  const bytes = await getIfThere(store, keys.runChecks(runId));
  return bytes === undefined ? undefined : decodeChecks(bytes);
}

/** What a model is judged by that was trained in a run. */
export interface JudgedData {
  /** Sentences on data checks that failed, empty where all passed; or that nobody looked. */
  readonly failedChecks: readonly string[] | 'not looked at';
  /** Near duplicates of each other, by hash. */
  readonly groups: readonly (readonly Sha256[])[];
}

/** What a run's data checks mean for the promotion of its model. */
export async function readJudgedData(store: ObjectStore, runId: string): Promise<JudgedData> {
  const checks = await readChecks(store, runId);
  if (checks === undefined) return { failedChecks: 'not looked at', groups: [] };
  const groups = await getIfThere(store, keys.runNearDuplicates(runId));
  return {
    failedChecks: failedSentences(checks),
    groups: groups === undefined ? [] : groupsFile.parse(JSON.parse(Buffer.from(groups).toString())).groups,
  };
}

/** A sentence for each check that failed. */
export const failedSentences = ({ verdicts }: ChecksFile): readonly string[] =>
  CHECKS.flatMap((name) => (verdicts[name].level === 'failed' ? [verdicts[name].sentence] : []));
