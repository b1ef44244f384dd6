import { S3Client } from '@aws-sdk/client-s3';
import { leaveRefusedConnections } from './s3-connections.js';
import type { S3Settings } from './s3-settings.js';

/** A server on the same continent answers in well under a second; a firewall that drops packets never does. */
const CONNECT_TIMEOUT_MS = 5_000;

/** Silence in the middle of a request. Generous: a busy server may think, but a dead connection must not hold a batch. */
const IDLE_TIMEOUT_MS = 20_000;

/** Waits of about 0.1, 0.2, 0.4 and 0.8 s between them; what lasts longer is for the workflow's retries. */
const ATTEMPTS = 5;

/** An S3 client that also suits servers other than AWS; the credentials come from the SDK's own chain. */
export function createS3Client(settings: S3Settings): S3Client {
  // The SDK warns on Node 20 that releases of 2027 will need Node 22. Ours is pinned; users cannot act on it.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const { endpoint } = settings;
  const region = settings.region ?? (endpoint === undefined ? undefined : 'us-east-1');
  const client = new S3Client({
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    forcePathStyle: settings.forcePathStyle ?? endpoint !== undefined,
    followRegionRedirects: true,
    maxAttempts: ATTEMPTS,
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, socketTimeout: IDLE_TIMEOUT_MS },
    // Checksum trailers, the SDK's default since 2025, are refused by many servers that otherwise speak S3.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  leaveRefusedConnections(client);
  return client;
}
