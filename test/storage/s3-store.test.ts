import { CreateMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  ObjectConflict,
  ObjectNotFound,
  type ObjectStore,
  StoreRefused,
  StoreUnavailable,
  type UnfinishedWrite,
} from '../../storage/object-store.js';
import { createS3Client } from '../../storage/s3-client.js';
import { createS3Store } from '../../storage/s3-store.js';
import { type Fault, type FaultyProxy, startFaultyProxy } from '../support/faulty-proxy.js';
import { needs, testWith } from '../support/needs.js';
import { startVersitygw, type Versitygw } from '../support/versitygw.js';
import { CONFORMANCE } from './conformance.js';

const body = new TextEncoder().encode('{"whole": true}');

let running: Promise<Versitygw> | undefined;
let buckets = 0;

/** One server for the file, one new bucket a test. */
async function newBucket(binary = ''): Promise<{ readonly server: Versitygw; readonly bucket: string }> {
  const server = await (running ??= startVersitygw(binary));
  const bucket = `bucket-${++buckets}`;
  await server.createBucket(bucket);
  return { server, bucket };
}

beforeEach(() => {
  // The machine's own profile and keys must not decide what these tests see.
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'graft-test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'graft-test-secret');
  vi.stubEnv('AWS_SESSION_TOKEN', '');
  vi.stubEnv('AWS_PROFILE', '');
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  return () => vi.unstubAllEnvs();
});

afterAll(async () => {
  const server = await running;
  await server?.stop();
});

/** Has a server answer on a free loopback port until the test ends. Resolves to its address. */
async function listen(server: Server): Promise<string> {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a store in a bucket', () => {
  for (const [title, check] of Object.entries(CONFORMANCE))
    testWith([needs.versitygw], title, async ([binary]) => {
      const { server, bucket } = await newBucket(binary);
      await check(createS3Store({ bucket, prefix: 'team/graft data', endpoint: server.endpoint }));
    });

  testWith(
    [needs.versitygw],
    'lists the uploads in parts that nobody completed below its own folders, and aborts them',
    async ([binary]) => {
      const { server, bucket } = await newBucket(binary);
      const client = createS3Client({ bucket, prefix: '', endpoint: server.endpoint });
      for (const Key of ['team/datasets/food/1.jpg', 'team/elsewhere', 'datasets/food/2.jpg']) {
        const upload = { Bucket: bucket, Key };
        const { UploadId } = await client.send(new CreateMultipartUploadCommand(upload));
        await client.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: body }));
      }
      const store = createS3Store({ bucket, prefix: 'team', endpoint: server.endpoint });
      const list = async () => {
        const uploads: UnfinishedWrite[] = [];
        for await (const upload of store.unfinished?.() ?? []) uploads.push(upload);
        return uploads;
      };
      const [upload, ...others] = await list();
      expect(others).toEqual([]);
      expect(upload).toMatchObject({ name: 'datasets/food/1.jpg', size: body.length });
      await upload?.remove();
      await upload?.remove();
      expect(await list()).toEqual([]);
    },
  );

  testWith([needs.versitygw], 'sees nothing outside its prefix', async ([binary]) => {
    const { server, bucket } = await newBucket(binary);
    const open = (prefix: string): ObjectStore =>
      createS3Store({ bucket, prefix, endpoint: server.endpoint });
    await open('team').putIfAbsent('a', body);
    await open('team-two').putIfAbsent('b', body);
    const whole: string[] = [];
    for await (const { key } of open('').list('')) whole.push(key);
    expect(whole).toEqual(['team-two/b', 'team/a']);
    const own: string[] = [];
    for await (const { key } of open('team').list('')) own.push(key);
    expect(own).toEqual(['a']);
    expect(open('team').url).toBe(`s3://${bucket}/team`);
    expect(open('').url).toBe(`s3://${bucket}`);
  });
});

describe('a network that does harm', () => {
  async function storeBehind(
    binary: string | undefined,
    faults: readonly Fault[],
  ): Promise<{ readonly store: ObjectStore; readonly proxy: FaultyProxy }> {
    const { server, bucket } = await newBucket(binary);
    const proxy = await startFaultyProxy(server.endpoint, faults);
    return { store: createS3Store({ bucket, prefix: 'p', endpoint: proxy.endpoint }), proxy };
  }

  testWith(
    [needs.versitygw],
    'a write whose answer is lost succeeds: the refused retry meets its own bytes',
    async ([binary]) => {
      const { store, proxy } = await storeBehind(binary, ['lose answer']);
      expect(await store.putIfAbsent('a', body)).toBe('present');
      expect(proxy.log).toEqual(['PUT lose answer', 'PUT 412', 'GET 200']);
      expect(await store.get('a')).toEqual(body);
    },
  );

  testWith([needs.versitygw], 'a server that is busy twice is asked three times', async ([binary]) => {
    const busy = { status: 503, code: 'SlowDown' };
    const { store, proxy } = await storeBehind(binary, [busy, busy]);
    expect(await store.putIfAbsent('a', body)).toBe('written');
    expect(proxy.log).toEqual(['PUT 503', 'PUT 503', 'PUT 200']);
  });

  testWith(
    [needs.versitygw],
    'a server that stays broken is unavailable, which is worth another try',
    async ([binary]) => {
      const broken = { status: 500, code: 'InternalError' };
      const { store, proxy } = await storeBehind(
        binary,
        Array.from({ length: 20 }, () => broken),
      );
      await expect(store.replace('a', body)).rejects.toThrow(StoreUnavailable);
      await expect(store.replace('a', body)).rejects.toThrow(
        'cannot write "a": the server answered 500 InternalError',
      );
      expect(proxy.log.slice(0, 5)).toEqual(Array.from({ length: 5 }, () => 'PUT 500'));
    },
  );

  testWith([needs.versitygw], 'two conditional writes that met are tried again', async ([binary]) => {
    const met = { status: 409, code: 'ConditionalRequestConflict' };
    const { store, proxy } = await storeBehind(binary, [met]);
    expect(await store.putIfAbsent('a', body)).toBe('written');
    expect(proxy.log).toEqual(['PUT 409', 'PUT 200']);
  });

  testWith(
    [needs.versitygw],
    'a write that was refused for an object which nobody can read is tried again',
    async ([binary]) => {
      const { store, proxy } = await storeBehind(binary, [{ status: 412, code: 'PreconditionFailed' }]);
      expect(await store.putIfAbsent('a', body)).toBe('written');
      expect(proxy.log).toEqual(['PUT 412', 'GET 404', 'PUT 200']);
    },
  );

  test.each([301, 403])(
    'a connection on which a write was answered by %i is not used again',
    async (status) => {
      const connections: Socket[] = [];
      const server = createServer(({ socket }, answer) => {
        connections.push(socket);
        answer.writeHead(connections.length === 2 ? status : 200).end();
      });
      const store = createS3Store({ bucket: 'bucket', prefix: '', endpoint: await listen(server) });
      await store.replace('a', body);
      await expect(store.replace('a', body)).rejects.toThrow(StoreRefused);
      await store.replace('a', body);
      const [first, second, third] = connections;
      expect(second).toBe(first);
      expect(third).not.toBe(second);
      await expect.poll(() => second?.destroyed).toBe(true);
    },
  );

  test('a connection on which nothing was found is used again', async () => {
    const connections = new Set<Socket>();
    const server = createServer(({ socket }, answer) => {
      connections.add(socket);
      answer.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
    });
    const store = createS3Store({ bucket: 'bucket', prefix: '', endpoint: await listen(server) });
    for (let read = 0; read < 3; read++) await expect(store.get('a')).rejects.toThrow(ObjectNotFound);
    expect(connections.size).toBe(1);
  });

  testWith(
    [needs.versitygw],
    'a write of what is there already spoils no request after it',
    async ([binary]) => {
      const { server, bucket } = await newBucket(binary); // no proxy, which would keep connections of its own
      const store = createS3Store({ bucket, prefix: '', endpoint: server.endpoint });
      const large = new Uint8Array(1_000_000).fill(7); // of which the server may leave most unread
      expect(await store.putIfAbsent('a', large)).toBe('written');
      for (let write = 0; write < 100; write++) expect(await store.putIfAbsent('a', large)).toBe('present');
    },
  );

  testWith(
    [needs.versitygw],
    'a conflict after a lost answer is still told from its own write',
    async ([binary]) => {
      const { store } = await storeBehind(binary, ['pass', 'lose answer']);
      await store.replace('a', new TextEncoder().encode('somebody else’s'));
      await expect(store.putIfAbsent('a', body)).rejects.toThrow(ObjectConflict);
    },
  );

  testWith([needs.versitygw], 'a download that breaks off is asked for again', async ([binary]) => {
    const { store, proxy } = await storeBehind(binary, ['pass', 'cut answer', 'cut answer']);
    const large = new Uint8Array(300_000).fill(7);
    await store.putIfAbsent('a', large);
    expect(await store.get('a')).toEqual(large);
    expect(proxy.log).toEqual(['PUT 200', 'GET cut answer', 'GET cut answer', 'GET 200']);
  });

  testWith(
    [needs.versitygw],
    'a server without conditional writes is refused with a sentence',
    async ([binary]) => {
      const { store } = await storeBehind(binary, [{ status: 501, code: 'NotImplemented' }]);
      await expect(store.putIfAbsent('a', body)).rejects.toThrow(
        /Graft needs conditional writes \(If-None-Match\)/,
      );
    },
  );
});

describe('a bucket that does not work is refused with what to do', () => {
  const refusal = async (work: Promise<unknown>): Promise<string> => {
    const error: unknown = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(StoreRefused);
    return (error as StoreRefused).message;
  };

  testWith([needs.versitygw], 'where the secret key is wrong', async ([binary]) => {
    const { server, bucket } = await newBucket(binary);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'not-the-secret');
    const store = createS3Store({ bucket, prefix: 'p', endpoint: server.endpoint });
    const message = await refusal(store.check());
    expect(message).toContain(`The store s3://${bucket}/p cannot write "graft-probe-`);
    expect(message).toContain('Correct AWS_SECRET_ACCESS_KEY (or the profile).');
    expect(message).not.toContain('not-the-secret');
    expect(await refusal(store.head('a'))).toContain('access was denied. Check the credentials');
  });

  testWith(
    [needs.versitygw],
    'where the access key is unknown, also to a HEAD, which is told no reason',
    async ([binary]) => {
      const { server, bucket } = await newBucket(binary);
      vi.stubEnv('AWS_ACCESS_KEY_ID', 'nobody');
      const store = createS3Store({ bucket, prefix: 'p', endpoint: server.endpoint });
      const sentence = `${server.endpoint} does not know the access key. Correct AWS_ACCESS_KEY_ID`;
      expect(await refusal(store.check())).toContain(sentence);
      expect(await refusal(store.head('a'))).toContain(sentence);
    },
  );

  testWith(
    [needs.versitygw],
    'where the bucket is missing, also to a HEAD, which is told no reason',
    async ([binary]) => {
      const { server } = await newBucket(binary);
      const store = createS3Store({ bucket: 'no-such-bucket', prefix: '', endpoint: server.endpoint });
      const sentence = `there is no bucket "no-such-bucket" at ${server.endpoint}. Create it, or correct --store.`;
      expect(await refusal(store.check())).toContain(sentence);
      expect(await refusal(store.get('a'))).toContain(sentence);
      expect(await refusal(store.head('a'))).toContain(sentence);
      expect(await refusal(store.list('')[Symbol.asyncIterator]().next())).toContain(sentence);
    },
  );

  testWith([needs.versitygw], 'where the region is wrong', async ([binary]) => {
    const { server, bucket } = await newBucket(binary);
    const store = createS3Store({ bucket, prefix: '', endpoint: server.endpoint, region: 'eu-west-1' });
    expect(await refusal(store.check())).toContain('the region eu-west-1 is not the bucket');
  });

  test('where there are no credentials', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', '');
    const store = createS3Store({ bucket: 'bucket', prefix: '', endpoint: 'http://127.0.0.1:1' });
    expect(await refusal(store.check())).toContain('no credentials were found. Set AWS_ACCESS_KEY_ID');
  });

  test('where no region is set', async () => {
    for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION']) vi.stubEnv(name, '');
    expect(await refusal(createS3Store({ bucket: 'bucket', prefix: '' }).check())).toContain(
      'no valid region is set. Set AWS_REGION.',
    );
  });

  test('where something answers that does not speak S3', async () => {
    const website = createServer((_, answer) =>
      answer.writeHead(405, { 'content-type': 'text/html' }).end('<p>No.'),
    );
    const endpoint = await listen(website);
    const message = await refusal(createS3Store({ bucket: 'bucket', prefix: '', endpoint }).check());
    expect(message).toContain('Check the address, the endpoint and that it speaks S3.');
  });
});

test('a server that refuses the connection is unavailable: it may come back', async () => {
  const store = createS3Store({ bucket: 'bucket', prefix: 'p', endpoint: 'http://127.0.0.1:1' });
  await expect(store.get('a')).rejects.toThrow(StoreUnavailable);
  await expect(store.check()).rejects.toThrow(
    /^The store s3:\/\/bucket\/p cannot write ".*": http:\/\/127\.0\.0\.1:1 does not answer \(ECONNREFUSED\)\. Check that it runs/,
  );
});
