import { GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
import pRetry from 'p-retry';
import { type ByteRange, StoreUnavailable } from './object-store.js';
import { statusOf } from './s3-errors.js';

/** The SDK retries until an answer begins; a body that ends too early is ours to ask for again. */
class BrokenDownload extends StoreUnavailable {}

/**
 * Downloads an object or a range of it, or `undefined` where there is none. A range past the end gives the bytes that
 * are there, or none.
 */
export async function downloadObject(
  client: S3Client,
  object: { readonly Bucket: string; readonly Key: string },
  range?: ByteRange,
): Promise<Uint8Array | undefined> {
  try {
    return await pRetry(() => downloadOnce(client, object, range), {
      retries: 3,
      minTimeout: 200,
      shouldRetry: ({ error }) => error instanceof BrokenDownload,
    });
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    if (range !== undefined && statusOf(error) === 416) return new Uint8Array();
    throw error;
  }
}

async function downloadOnce(
  client: S3Client,
  object: { readonly Bucket: string; readonly Key: string },
  range?: ByteRange,
): Promise<Uint8Array> {
  const Range = range && `bytes=${range.offset}-${range.offset + range.length - 1}`;
  const answer = await client.send(
    new GetObjectCommand({ ...object, ...(Range !== undefined && { Range }) }),
  );
  const broken = (cause?: unknown): BrokenDownload =>
    new BrokenDownload(
      `The download of "${object.Key}" from the bucket "${object.Bucket}" broke off before its end. Try again.`,
      { cause },
    );
  const bytes = await readBody(answer.Body).catch((cause: unknown) => Promise.reject(broken(cause)));
  if (answer.ContentLength !== undefined && bytes.length !== answer.ContentLength) throw broken();
  // A server that does not know ranges sends everything.
  const isWhole = range !== undefined && answer.ContentRange === undefined;
  return isWhole ? bytes.slice(range.offset, range.offset + range.length) : bytes;
}

async function readBody(
  body: { transformToByteArray(): Promise<Uint8Array> } | undefined,
): Promise<Uint8Array> {
  const bytes = (await body?.transformToByteArray()) ?? new Uint8Array();
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
