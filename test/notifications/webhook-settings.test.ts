import { expect, test } from 'vitest';
import { BadInput } from '../../errors/graft-error.js';
import { readWebhookSettings } from '../../notifications/webhook-settings.js';

test.each([[{}], [{ GRAFT_WEBHOOK_URL: '' }], [{ GRAFT_WEBHOOK_SECRET: 'alone' }]])(
  '%j asks for no webhook',
  (environment) => {
    expect(readWebhookSettings(environment)).toBeUndefined();
  },
);

test('an address alone is not signed, with a secret it is', () => {
  const GRAFT_WEBHOOK_URL = 'https://example.org/hooks/1?key=2';
  expect(readWebhookSettings({ GRAFT_WEBHOOK_URL, GRAFT_WEBHOOK_SECRET: '' })).toEqual({
    url: new URL(GRAFT_WEBHOOK_URL),
  });
  expect(readWebhookSettings({ GRAFT_WEBHOOK_URL, GRAFT_WEBHOOK_SECRET: 'a secret' })).toEqual({
    url: new URL(GRAFT_WEBHOOK_URL),
    secret: 'a secret',
  });
});

test.each([
  ['example.org/hooks/a-token', 'received something that is no address'],
  ['ftp://example.org/a-token', 'received one that begins ftp:'],
  ['file:///a-token', 'received one that begins file:'],
  ['https://me:a-token@example.org/', 'without user name and password, received one that holds them'],
])('%s is refused in one sentence that does not repeat it', (address, sentence) => {
  const read = () => readWebhookSettings({ GRAFT_WEBHOOK_URL: address });
  expect(read).toThrow(BadInput);
  expect(read).toThrow(sentence);
  expect(read).not.toThrow(/a-token/);
});
