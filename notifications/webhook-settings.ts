import { BadInput } from '../errors/graft-error.js';

/** Who is told of runs that end or wait. Both are secrets: many services put a token into the address. */
export interface WebhookSettings {
  readonly url: URL;
  /** Signs every request. Default: no signature. */
  readonly secret?: string;
}

/**
 * Reads `GRAFT_WEBHOOK_URL` and `GRAFT_WEBHOOK_SECRET`; `undefined` where no address is set. Throws `BadInput`, which
 * never repeats what was set, for anything but an http or https address without user name and password.
 */
export function readWebhookSettings(
  environment: Readonly<Record<string, string | undefined>>,
): WebhookSettings | undefined {
  const { GRAFT_WEBHOOK_URL: address = '', GRAFT_WEBHOOK_SECRET: secret = '' } = environment;
  if (address === '') return undefined;
  if (!URL.canParse(address)) throw refuse('something that is no address');
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refuse(`one that begins ${url.protocol}`);
  if (url.username !== '' || url.password !== '') throw refuse('one that holds them');
  return { url, ...(secret !== '' && { secret }) };
}

const refuse = (received: string): BadInput =>
  new BadInput(
    'GRAFT_WEBHOOK_URL: expected an address that begins http:// or https://, without user name and password, received ' +
      `${received}. Correct it, or unset it: then nobody is told how runs end.`,
  );
