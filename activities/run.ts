import type { BackboneDescription } from '../backbones/backbone.js';
import { canonicalJson } from '../runs/canonical-json.js';
import { type RunInput, parseRunInput } from '../runs/run-input.js';
import { type DatasetDefaults, type RunSettings, resolveSettings } from '../runs/run-settings.js';
import type { RunRecord } from '../runs/read-run.js';
import type { ClosedRun } from '../runs/run-summary.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';

export interface RunDeps {
  readonly store: ObjectStore;
  /** Throws `BadInput` for an unknown name. */
  readonly resolveBackbone: (name: string) => Promise<BackboneDescription>;
  /** Throws `BadInput` for a data set that is neither known nor given a source. */
  readonly resolveDataset: (input: RunInput) => DatasetDefaults;
  /** Somebody is told of runs that end or wait. Default `false`. */
  readonly notifies?: boolean;
  /** Names of the search attributes that the server knows. */
  readonly knownSearchAttributes: () => Promise<readonly string[]>;
}

export interface OpenRequest {
  readonly runId: string;
  readonly workflowId: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** As it was given: not validated yet. */
  readonly input: unknown;
}

export interface OpenedRun {
  readonly settings: RunSettings;
  /** Upserting one that the server does not know wedges a workflow, so the workflow asks first. */
  readonly searchAttributes: readonly string[];
  /** Somebody is told of runs that end or wait: the activity `notify` does it. */
  readonly notifies?: true;
}

export type RunActivities = ReturnType<typeof createRunActivities>;

export function createRunActivities({
  store,
  resolveBackbone,
  resolveDataset,
  knownSearchAttributes,
  notifies = false,
}: RunDeps) {
  return {
    /** Validates the input, fills in the defaults and records both, before any other work. */
    async openRun(request: OpenRequest): Promise<OpenedRun> {
      const input = parseRunInput(request.input);
      const settings = resolveSettings(input, resolveDataset(input));
      await resolveBackbone(settings.backbone);
      const { runId, workflowId, startedAt } = request;
      const record: RunRecord = { runId, workflowId, startedAt, input, settings };
      await store.putIfAbsent(keys.runInput(runId), Buffer.from(canonicalJson(record)));
      const searchAttributes = await knownSearchAttributes();
      return { settings, searchAttributes, ...(notifies && { notifies }) };
    },

    /** Records the outcome of a run that did not complete; a run that was never opened has nothing to close. */
    async closeRun(closed: ClosedRun): Promise<void> {
      await store.putIfAbsent(keys.runOutcome(closed.runId), Buffer.from(canonicalJson(closed)));
    },
  };
}
