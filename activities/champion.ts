import { replaceIfOther } from '../dataset/optional-object.js';
import { type HistoryEntry, HistoryDamaged } from '../registry/history-entry.js';
import { type PolicyOutcome, promoteByHand, promoteByPolicy } from '../registry/promote-model.js';
import { rejectModel } from '../registry/rejections.js';
import { canonicalJson } from '../runs/canonical-json.js';
import type { OfferedRun, PromotionResult } from '../runs/run-summary.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import { challengerOf } from './challenger.js';
import type { EvaluationRequest } from './evaluation.js';
import { withHeartbeats } from './heartbeats.js';
import { judgingOf, marginOf } from './judging.js';
import { openRegistry } from './open-registry.js';
import { type EvaluatedRun, summariseRun } from './summarise-run.js';

/** What the rule made of a model; `undecided`: somebody has to be asked. */
export type Ruling = Omit<PromotionResult, 'decision'> & {
  readonly decision: 'promoted' | 'kept' | 'refused' | 'undecided';
};

/** What somebody said of a model: who, and why. */
export interface SpokenRequest extends EvaluationRequest {
  readonly by?: string;
  readonly reason?: string;
}

export type ChampionActivities = ReturnType<typeof createChampionActivities>;

/** Each may run twice: what an attempt wrote whose answer was lost is found again. */
export function createChampionActivities({ store }: { readonly store: ObjectStore }) {
  return {
    /** Makes the run's model the champion where the rule says so. */
    promoteByRule(request: EvaluationRequest): Promise<Ruling> {
      return withHeartbeats(async () => {
        const margin = marginOf(request);
        try {
          const outcome = await promoteByPolicy(
            openRegistry(store),
            challengerOf(request),
            await judgingOf(store, request),
          );
          return { ...rulingOf(outcome), margin };
        } catch (error) {
          // The run is as good as it was; people may mend the history, and then approve.
          if (!(error instanceof HistoryDamaged)) throw error;
          return { decision: 'undecided', reason: error.message, margin };
        }
      });
    },

    /** Writes `offer.json`: what the run would publish, for whoever is asked about its model. */
    async offerModel({ because, ...evaluated }: EvaluatedRun & { readonly because: string }): Promise<void> {
      const offer: OfferedRun = { ...summariseRun(evaluated), status: 'awaiting-approval', because };
      await replaceIfOther(store, keys.runOffer(offer.runId), Buffer.from(canonicalJson(offer)));
    },

    /** Makes the run's model the champion because somebody says so. */
    approveModel(request: SpokenRequest): Promise<PromotionResult> {
      return withHeartbeats(async () => {
        const registry = openRegistry(store);
        const challenger = challengerOf(request);
        const margin = marginOf(request);
        const refusal = await registry.explainRefusal(challenger);
        if (refusal !== undefined) return { decision: 'refused', reason: refusal, margin };
        const { entry } = await promoteByHand(registry, challenger, await judgingOf(store, request), {
          by: 'approve',
          reason: reasonOf(request, 'approved'),
        });
        return { ...promotedBy(entry), margin };
      });
    },

    /** Keeps that somebody turned the run's model down; the champion stays. */
    async rejectModel(request: SpokenRequest): Promise<PromotionResult> {
      const { runId, model, settings } = request;
      const reason = reasonOf(request, 'rejected');
      await rejectModel(store, settings.dataset, { runId, model, reason, at: new Date().toISOString() });
      return { decision: 'rejected', reason, margin: marginOf(request) };
    },
  };
}

function rulingOf({ verdict, entry }: PolicyOutcome): Omit<Ruling, 'margin'> {
  if (entry !== undefined) return { ...promotedBy(entry), ...warningOf(verdict) };
  const decision = ({ promote: 'promoted', keep: 'kept', refuse: 'refused', wait: 'undecided' } as const)[
    verdict.decision
  ];
  return { decision, reason: verdict.reason, ...warningOf(verdict) };
}

const promotedBy = ({ number, by, reason }: HistoryEntry) =>
  ({ decision: 'promoted', reason, by, entry: number }) as const;

const warningOf = ({ warning }: PolicyOutcome['verdict']) => (warning === undefined ? {} : { warning });

/** `fewer missed meals (Ana)` */
const reasonOf = ({ reason = '', by }: SpokenRequest, otherwise: string): string =>
  [reason === '' ? otherwise : reason, ...(by === undefined ? [] : [`(${by})`])].join(' ');
