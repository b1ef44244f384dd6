import {
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import pRetry from 'p-retry';
import { assertKey, assertPrefix, assertRange, findKeyFault } from './object-key.js';
import { ObjectConflict, ObjectNotFound, type ObjectStore, StoreUnavailable } from './object-store.js';
import { probeStore } from './probe-store.js';
import { createS3Client } from './s3-client.js';
import { downloadObject } from './s3-download.js';
import { explainS3Error, isPassingConflict, s3Url, statusOf } from './s3-errors.js';
import type { S3Settings } from './s3-settings.js';
import { listUploads } from './s3-uploads.js';

/** A write was refused for an object that is not there. */
class ObjectVanished extends StoreUnavailable {}

/**
 * A store in a bucket of S3 or of a server that speaks S3. Opens no connection before the first call.
 *
 * One conditional PUT writes an object, without a temporary key. A 412 is compared by content, because one's own PUT
 * whose answer was lost looks like somebody else's.
 */
export function createS3Store(settings: S3Settings): ObjectStore {
  const client = createS3Client(settings);
  const url = s3Url(settings);
  const { bucket: Bucket, prefix } = settings;
  const base = prefix === '' ? '' : `${prefix}/`;

  const locate = (key: string) => {
    assertKey(key);
    return { Bucket, Key: base + key };
  };

  const explaining = async <Result>(doing: string, work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw explainS3Error(error, settings, doing);
    }
  };

  /** HEAD answers 404 without a reason, also where the bucket or the user is unknown; a listing tells them apart. */
  let reached: Promise<unknown> | undefined;
  const reachBucket = async (): Promise<void> => {
    reached ??= client.send(new ListObjectsV2Command({ Bucket, Prefix: base, MaxKeys: 1 }));
    reached.catch(() => (reached = undefined));
    await reached;
  };

  const head: ObjectStore['head'] = async (key) => {
    const object = locate(key);
    return await explaining(`look for "${key}"`, async () => {
      try {
        const { ContentLength } = await client.send(new HeadObjectCommand(object));
        return { key, size: ContentLength ?? 0 };
      } catch (error) {
        if (statusOf(error) !== 404) throw error;
        await reachBucket();
        return undefined;
      }
    });
  };

  const store: Omit<ObjectStore, 'check'> = {
    url,
    head,

    async get(key, range) {
      if (range !== undefined) assertRange(range);
      const object = locate(key);
      const bytes = await explaining(`read "${key}"`, async () => {
        // HTTP cannot ask for a range of no bytes.
        if (range?.length === 0) return (await head(key)) && new Uint8Array();
        return await downloadObject(client, object, range);
      });
      if (bytes === undefined)
        throw new ObjectNotFound(
          `The store ${url} has no object "${key}". Check that this is the store that it was written to.`,
        );
      return bytes;
    },

    async putIfAbsent(key, body) {
      const object = locate(key);
      const attempt = async (): ReturnType<ObjectStore['putIfAbsent']> => {
        try {
          await client.send(new PutObjectCommand({ ...object, Body: body, IfNoneMatch: '*' }));
          return 'written';
        } catch (error) {
          if (statusOf(error) !== 412) throw error;
        }
        const present = await downloadObject(client, object);
        if (present === undefined)
          throw new ObjectVanished(
            `The store ${url} lost "${key}" while it was written: somebody deletes from it.`,
          );
        if (Buffer.compare(present, body) !== 0)
          throw new ObjectConflict(
            `The store ${url} already holds something else under "${key}". Names follow from content here, so the object there is damaged or not Graft's: move it away and run again.`,
          );
        return 'present';
      };
      return await explaining(`write "${key}"`, () =>
        pRetry(attempt, {
          retries: 6,
          minTimeout: 50,
          randomize: true,
          // A server may refuse a write for the object of another that it shows a moment later only.
          shouldRetry: ({ error }) => isPassingConflict(error) || error instanceof ObjectVanished,
        }),
      );
    },

    async replace(key, body) {
      const object = locate(key);
      await explaining(`write "${key}"`, () => client.send(new PutObjectCommand({ ...object, Body: body })));
    },

    async *list(prefix) {
      assertPrefix(prefix);
      try {
        for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix: base + prefix }))
          for (const { Key = '', Size = 0, LastModified } of page.Contents ?? []) {
            const key = Key.slice(base.length);
            // Other tools mark folders by empty objects whose names end in "/": no key of ours.
            if (findKeyFault(key) === undefined)
              yield { key, size: Size, ...(LastModified !== undefined && { modified: LastModified }) };
          }
      } catch (error) {
        throw explainS3Error(error, settings, `list "${prefix}"`);
      }
    },

    async *unfinished() {
      try {
        yield* listUploads(client, { Bucket, Prefix: base });
      } catch (error) {
        throw explainS3Error(error, settings, 'list unfinished uploads');
      }
    },

    async delete(key) {
      const object = locate(key);
      await explaining(`delete "${key}"`, () => client.send(new DeleteObjectCommand(object)));
    },
  };
  return { ...store, check: () => probeStore(store) };
}
