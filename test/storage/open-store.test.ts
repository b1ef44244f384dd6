import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test, vi } from 'vitest';
import { BadInput } from '../../errors/graft-error.js';
import { openStore, parseStoreAddress } from '../../storage/open-store.js';
import { readS3Environment } from '../../storage/s3-settings.js';

const cwd = resolve('/work');

test.each([
  ['graft-data', join(cwd, 'graft-data')],
  ['./graft data/', join(cwd, 'graft data')],
  ['../other', resolve(cwd, '../other')],
  ['/var/graft#1?', resolve('/var/graft#1?')],
  ['~/graft', join(homedir(), 'graft')],
  ['~', homedir()],
  ['file:///var/my%20data', resolve('/var/my data')],
  ['FILE:///var/graft', resolve('/var/graft')],
  ['file://./graft-data', join(cwd, 'graft-data')],
  ['file://../my%20data', resolve(cwd, '../my data')],
  ['file://.', cwd],
])('%s is a folder', (address, root) => {
  expect(parseStoreAddress(address, cwd)).toEqual({ kind: 'file', root });
});

test.each([
  ['s3://bucket', 'bucket', ''],
  ['s3://bucket/', 'bucket', ''],
  ['s3://my.bucket-1/a/b c/', 'my.bucket-1', 'a/b c'],
])('%s is a bucket', (address, bucket, prefix) => {
  expect(parseStoreAddress(address, cwd)).toEqual({ kind: 's3', bucket, prefix });
});

test.each([
  ['', '--store is empty. Expected a folder, file:///folder or s3://bucket/prefix.'],
  ['a\0b', '--store is empty'],
  [
    'gs://bucket/prefix',
    'Expected a folder, file:///folder or s3://bucket/prefix, received "gs://bucket/prefix".',
  ],
  ['https://user:hunter2@host/b?X-Amz-Signature=hunter2', 'received "https://…@host/b?…".'],
  ['s3://AKIA:hunter2@bucket/p', 'must not hold credentials or a port'],
  ['s3://AKIA:hunt/er2@bucket/p', 'must not hold credentials or a port'],
  ['s3://localhost:9000/bucket', 'must not hold credentials or a port'],
  ['s3://bucket/p?endpoint=http://hunter2', 'takes no options'],
  ['s3:bucket/p', 'names no bucket'],
  ['s3://', 'names no bucket'],
  ['s3:///prefix', 'names no bucket'],
  ['s3://bucket/a//b', 'a prefix that cannot be used: it starts or ends with "/" or holds "//"'],
  ['s3://bucket/../b', 'a prefix that cannot be used: it holds "." or ".."'],
  ['file://server/share', 'is no file:// address of this machine'],
  ['file:///a%2Fb', 'is no file:// address of this machine'],
  ['file:///a%zz', 'is no file:// address of this machine'],
  ['file:///data/run#1', 'Write %3F or %23'],
])('%s is refused, and no secret is repeated', (address, sentence) => {
  const parse = (): unknown => parseStoreAddress(address, cwd);
  expect(parse).toThrow(BadInput);
  expect(parse).toThrow(sentence);
  expect(parse).not.toThrow('hunter2');
});

test('an opened store carries its normalised address', async () => {
  expect((await openStore('file://./graft-data', cwd)).url).toBe(pathToFileURL(join(cwd, 'graft-data')).href);
  expect((await openStore('s3://bucket/prefix/')).url).toBe('s3://bucket/prefix');
  await expect(openStore('ftp://host/folder')).rejects.toThrow(BadInput);
});

test('a folder is opened without loading the AWS SDK', async () => {
  const loaded = vi.fn(() => ({ createS3Store: vi.fn() }));
  vi.doMock('../../storage/s3-store.js', loaded);
  const { openStore: openFresh } = await import('../../storage/open-store.js');
  await openFresh('graft-data', cwd);
  expect(loaded).not.toHaveBeenCalled();
  vi.doUnmock('../../storage/s3-store.js');
});

test('The variables of Graft go before those that every AWS tool reads', () => {
  const aws = { AWS_ENDPOINT_URL: 'http://all', AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-2' };
  expect(readS3Environment(aws)).toEqual({ endpoint: 'http://all', region: 'eu-west-1' });
  expect(readS3Environment({ ...aws, AWS_ENDPOINT_URL_S3: 'http://s3' })).toMatchObject({
    endpoint: 'http://s3',
  });
  const graft = { GRAFT_S3_ENDPOINT: 'http://own', GRAFT_S3_REGION: 'x', GRAFT_S3_FORCE_PATH_STYLE: '0' };
  expect(readS3Environment({ ...aws, ...graft })).toEqual({
    endpoint: 'http://own',
    region: 'x',
    forcePathStyle: false,
  });
  expect(readS3Environment({})).toEqual({});
});
