import { Context } from '@temporalio/activity';
import type { Delivery } from '../notifications/notification.js';
import { type Webhook, WebhookFailed } from '../notifications/webhook.js';

export interface NotifyDeps {
  /** Absent where this worker tells nobody. */
  readonly webhook: Webhook | undefined;
}

export type NotifyActivities = ReturnType<typeof createNotifyActivities>;

export function createNotifyActivities({ webhook }: NotifyDeps) {
  return {
    /** Tries once to tell the webhook; Temporal tries again. Throws `WebhookFailed`. */
    async notify(delivery: Delivery): Promise<void> {
      if (webhook === undefined)
        throw new WebhookFailed(
          'This worker has no GRAFT_WEBHOOK_URL, but the one that opened the run has. Give it to all of them.',
          { retryable: true }, // by another worker
        );
      await webhook.deliver(delivery, Context.current().cancellationSignal);
    },
  };
}
