import type { S3ServiceException } from '@aws-sdk/client-s3';
import { GraftError } from '../errors/graft-error.js';
import { ObjectConflict, StoreRefused, StoreUnavailable } from './object-store.js';
import type { S3Settings } from './s3-settings.js';

/** The status of the server's answer, or `undefined` where `error` is no answer. */
export function statusOf(error: unknown): number | undefined {
  // Not only of the SDK's own exceptions: an answer that is no XML ends in a plain error with the same metadata.
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  return (error.$metadata as S3ServiceException['$metadata'] | undefined)?.httpStatusCode;
}

/** Two conditional writes of one key met: trying again shows who won. */
export function isPassingConflict(error: unknown): boolean {
  return statusOf(error) === 409 && !isNameTaken(error);
}

/** Servers that keep objects as files cannot hold both `a` and `a/b`. */
function isNameTaken(error: unknown): boolean {
  return error instanceof Error && ['ExistingObjectIsDirectory', 'ObjectParentIsFile'].includes(error.name);
}

/** What to do about the refusals that have a name, by that name. */
const ADVICE: Readonly<Record<string, (settings: S3Settings) => string>> = {
  NoSuchBucket: ({ bucket, endpoint }) =>
    `there is no bucket "${bucket}" at ${endpoint ?? 'AWS'}. Create it, or correct --store.`,
  InvalidBucketName: ({ bucket }) => `"${bucket}" is no valid name of a bucket. Correct --store.`,
  CredentialsProviderError: () =>
    'no credentials were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.',
  InvalidAccessKeyId: unknownAccessKey,
  XAdminUserNotFound: unknownAccessKey,
  SignatureDoesNotMatch: () =>
    'the secret key does not belong to the access key. Correct AWS_SECRET_ACCESS_KEY (or the profile).',
  ExpiredToken: () => 'the credentials have expired. Get new ones and start again.',
  RequestTimeTooSkewed: () => "this machine's clock is wrong. Set it and start again.",
  PermanentRedirect: wrongRegion,
  AuthorizationHeaderMalformed: wrongRegion,
  AccessDenied: accessDenied,
};

function unknownAccessKey({ endpoint }: S3Settings): string {
  return `${endpoint ?? 'AWS'} does not know the access key. Correct AWS_ACCESS_KEY_ID (or the profile), and check the endpoint.`;
}

function wrongRegion({ region }: S3Settings): string {
  return `the region ${region ?? ''} is not the bucket's. Set AWS_REGION to the bucket's region.`;
}

function accessDenied(): string {
  return 'access was denied. Check the credentials, and that they allow s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket here.';
}

/**
 * What an error of the SDK means for the store: {@link StoreRefused} where only a person can help, {@link StoreUnavailable}
 * where trying again may. Errors of Graft's own, and those that are neither the server's nor the network's, stay as they are.
 *
 * @param doing what was tried, to be read after "cannot": `write "a/b"`
 */
export function explainS3Error(error: unknown, settings: S3Settings, doing: string): unknown {
  if (error instanceof GraftError || !(error instanceof Error)) return error;
  const sentence = `The store ${s3Url(settings)} cannot ${doing}`;
  const refuse = (advice: string): StoreRefused =>
    new StoreRefused(`${sentence}: ${advice}`, { cause: error });

  const advice = ADVICE[error.name];
  if (advice !== undefined) return refuse(advice(settings));
  if (isNameTaken(error))
    return new ObjectConflict(
      `${sentence}: this server keeps objects as files, and a folder and an object would share a name (${error.name}).`,
      { cause: error },
    );
  if (/^Region (is missing|not accepted)/.test(error.message))
    return refuse('no valid region is set. Set AWS_REGION.');
  const status = statusOf(error);
  if (status !== undefined) return explainStatus(error, status, sentence, refuse);
  return explainNetwork(error, settings, sentence);
}

function explainStatus(
  error: Error,
  status: number,
  sentence: string,
  refuse: (advice: string) => StoreRefused,
): GraftError {
  const name = error.name === 'Error' ? 'and no XML' : error.name;
  const answer = `the server answered ${status} ${name}`;
  if (status === 401 || status === 403) return refuse(accessDenied());
  if (status === 501)
    return refuse(`${answer}: Graft needs conditional writes (If-None-Match). Use a server that knows them.`);
  const passing = status >= 500 || [408, 409, 425, 429].includes(status) || error.name === 'RequestTimeout';
  return passing
    ? new StoreUnavailable(`${sentence}: ${answer}. Try again when it is well.`, { cause: error })
    : refuse(`${answer}. Check the address, the endpoint and that it speaks S3.`);
}

function explainNetwork(error: Error, settings: S3Settings, sentence: string): unknown {
  const code = 'code' in error ? String(error.code) : error.name;
  if (/CERT|SELF_SIGNED|ERR_TLS|EPROTO/.test(code))
    return new StoreRefused(
      `${sentence}: no secure connection (${code}). Check the endpoint's http or https, and NODE_EXTRA_CA_CERTS for a private authority.`,
      { cause: error },
    );
  if (!('code' in error) && error.name !== 'TimeoutError' && !('$metadata' in error)) return error;
  return new StoreUnavailable(
    `${sentence}: ${settings.endpoint ?? 'AWS'} does not answer (${code}). Check that it runs, the network, and the endpoint (AWS_ENDPOINT_URL_S3).`,
    { cause: error },
  );
}

/** The store's address as people type it. */
export function s3Url({ bucket, prefix }: Pick<S3Settings, 'bucket' | 'prefix'>): string {
  return prefix === '' ? `s3://${bucket}` : `s3://${bucket}/${prefix}`;
}
