import { createHmac } from 'node:crypto';
import { GraftError } from '../errors/graft-error.js';
import { graftVersion } from '../runs/graft-version.js';
import type { Delivery } from './notification.js';
import type { WebhookSettings } from './webhook-settings.js';

/** Whoever wants to know how runs end did not take a notification. */
export class WebhookFailed extends GraftError {}

/** Delivers notifications by HTTP. */
export interface Webhook {
  /**
   * Tries once. Any 2xx is success. Throws {@link WebhookFailed}, retryable where another attempt may succeed: no answer,
   * 408, 425, 429 and 5xx. Redirects are not followed, for they would take the body to somebody else.
   */
  deliver(delivery: Delivery, signal?: AbortSignal): Promise<void>;
}

/** Longer than any receiver that only takes a note of it. */
const TIMEOUT_MS = 10_000;

/** @param timeoutMs of one attempt. Default 10 s. */
export function createWebhook(settings: WebhookSettings, { timeoutMs = TIMEOUT_MS } = {}): Webhook {
  const { url, secret } = settings;
  // Paths and queries of such addresses often are tokens.
  const receiver = url.origin;
  return {
    async deliver(delivery, cancelled) {
      const body = JSON.stringify(delivery.notification);
      const timeout = AbortSignal.timeout(timeoutMs);
      const signal = cancelled === undefined ? timeout : AbortSignal.any([timeout, cancelled]);
      const headers = headersOf(delivery, body, secret);
      const response = await fetch(url, {
        ...{ method: 'POST', headers, body, signal },
        redirect: 'manual',
      }).catch((error: unknown) => {
        cancelled?.throwIfAborted();
        const problem = timeout.aborted ? `did not answer within ${timeoutMs / 1_000} s` : reasonOf(error);
        throw new WebhookFailed(`The webhook at ${receiver} ${problem}.`, { retryable: true });
      });
      await response.body?.cancel().catch(() => undefined);
      if (!response.ok) throw refusedBy(receiver, response.status);
    },
  };
}

function headersOf(
  { id, notification }: Delivery,
  body: string,
  secret: string | undefined,
): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': `graft/${graftVersion}`,
    'x-graft-event': notification.event,
    'x-graft-delivery': id,
    'idempotency-key': id,
    ...(secret !== undefined && { 'x-graft-signature': signBody(body, secret) }),
  };
}

/** `sha256=` and the HMAC-SHA256 (RFC 2104) of the body in UTF-8, in hexadecimal digits. */
const signBody = (body: string, secret: string): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/** What the network said, without the address. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no connection';
  return `cannot be reached (${code})`;
}

function refusedBy(receiver: string, status: number): WebhookFailed {
  const retryable = status >= 500 || [408, 425, 429].includes(status);
  const isRedirect = status >= 300 && status < 400;
  const advice = isRedirect ? '; redirects are not followed, set GRAFT_WEBHOOK_URL to where it leads' : '';
  return new WebhookFailed(
    `The webhook at ${receiver} answered with status ${status}, expected 200 to 299${advice}.`,
    { retryable },
  );
}
