import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createNotifyActivities } from '../../activities/notify.js';
import type { Delivery } from '../../notifications/notification.js';
import { WebhookFailed, createWebhook } from '../../notifications/webhook.js';
import { runActivity } from '../support/activity-context.js';
import { startReceiver } from '../support/webhook-receiver.js';

const DELIVERY: Delivery = {
  id: 'r1-1',
  notification: {
    version: 1,
    event: 'paused',
    runId: 'r1',
    workflowId: 'graft-sample-1',
    dataset: 'sample',
    backbone: 'efficientnet-lite0',
    status: 'paused',
    stage: 'extract',
    because: 'the store’s disk is full ✗',
    startedAt: '2026-01-02T03:04:05.000Z',
    waitingSince: '2026-01-02T03:05:05.000Z',
    counts: { pictures: 9, reused: 0, computed: 3, refused: 0, failed: 0, batches: 3, failedBatches: 0 },
  },
};

/** The error that a delivery is refused with. */
const failureOf = (delivering: Promise<void>): Promise<WebhookFailed> =>
  delivering.then(
    () => Promise.reject(new Error('expected the delivery to fail')),
    (error: unknown) => {
      if (error instanceof WebhookFailed) return error;
      throw error;
    },
  );

describe('a delivery', () => {
  test('is one POST of JSON to the very address, named and signed over the bytes that were sent', async () => {
    const receiver = await startReceiver();
    await createWebhook({ url: receiver.url, secret: 'a secret' }).deliver(DELIVERY);
    const [request, ...others] = receiver.received;
    expect(others).toEqual([]);
    expect(request).toMatchObject({
      method: 'POST',
      path: '/hooks/a-token?key=another',
      headers: {
        'content-type': 'application/json',
        'x-graft-event': 'paused',
        'x-graft-delivery': 'r1-1',
        'idempotency-key': 'r1-1',
        'x-graft-signature': `sha256=${createHmac('sha256', 'a secret')
          .update(request?.body ?? '')
          .digest('hex')}`,
      },
    });
    expect(receiver.told()).toEqual([DELIVERY.notification]);
  });

  test('is the same to the last byte when it is tried again', async () => {
    const receiver = await startReceiver();
    const webhook = createWebhook({ url: receiver.url, secret: 'a secret' });
    await webhook.deliver(DELIVERY);
    await webhook.deliver(JSON.parse(JSON.stringify(DELIVERY)) as Delivery);
    const [first, second] = receiver.received.map(({ body, headers }) => [
      body,
      headers['x-graft-signature'],
      headers['x-graft-delivery'],
    ]);
    expect(second).toEqual(first);
  });

  test('has no signature where there is no secret', async () => {
    const receiver = await startReceiver();
    await createWebhook({ url: receiver.url }).deliver(DELIVERY);
    expect(receiver.received[0]?.headers).not.toHaveProperty('x-graft-signature');
  });

  test.each([
    [500, true],
    [503, true],
    [429, true],
    [408, true],
    [400, false],
    [404, false],
    [410, false],
  ])('that is answered with %i fails; tried again: %s', async (status, retryable) => {
    const receiver = await startReceiver((response) => void response.writeHead(status).end('no'));
    const failure = await failureOf(createWebhook({ url: receiver.url }).deliver(DELIVERY));
    expect(failure.retryable).toBe(retryable);
    expect(failure.message).toBe(
      `The webhook at ${receiver.url.origin} answered with status ${status}, expected 200 to 299.`,
    );
  });

  test('follows no redirect', async () => {
    const elsewhere = await startReceiver();
    const receiver = await startReceiver(
      (response) => void response.writeHead(307, { location: elsewhere.url.href }).end(),
    );
    const failure = await failureOf(createWebhook({ url: receiver.url }).deliver(DELIVERY));
    expect(failure).toMatchObject({
      retryable: false,
      message: expect.stringContaining('redirects are not followed') as string,
    });
    expect(elsewhere.received).toEqual([]);
  });

  test('gives up on a server that never answers', async () => {
    const receiver = await startReceiver(() => undefined);
    const failure = await failureOf(
      createWebhook({ url: receiver.url }, { timeoutMs: 100 }).deliver(DELIVERY),
    );
    expect(failure).toMatchObject({
      retryable: true,
      message: `The webhook at ${receiver.url.origin} did not answer within 0.1 s.`,
    });
  });

  test('does not wait for an answer’s body', async () => {
    const receiver = await startReceiver((response) => void response.writeHead(200).write('and so on'));
    await createWebhook({ url: receiver.url }).deliver(DELIVERY);
    expect(receiver.received).toHaveLength(1);
  });

  test('to nobody says so, without what may be a token', async () => {
    const url = new URL('http://127.0.0.1:1/hooks/a-token?key=another');
    const failure = await failureOf(createWebhook({ url }).deliver(DELIVERY));
    expect(failure.retryable).toBe(true);
    expect(failure.message).toMatch(/^The webhook at http:\/\/127\.0\.0\.1:1 cannot be reached \(.+\)\.$/);
    expect(failure.cause).toBeUndefined();
  });

  test('ends when the worker does', async () => {
    const receiver = await startReceiver(() => stopping.abort(new Error('the worker stops')));
    const stopping = new AbortController();
    await expect(createWebhook({ url: receiver.url }).deliver(DELIVERY, stopping.signal)).rejects.toThrow(
      'the worker stops',
    );
  });
});

test('a worker without a webhook leaves the notification to others', async () => {
  const activities = createNotifyActivities({ webhook: undefined });
  const failure = await failureOf(runActivity(() => activities.notify(DELIVERY)));
  expect(failure).toMatchObject({
    retryable: true,
    message: expect.stringContaining('GRAFT_WEBHOOK_URL') as string,
  });
});
