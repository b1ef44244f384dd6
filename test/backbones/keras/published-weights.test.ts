import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import {
  downloadPublishedWeights,
  PUBLISHED_WEIGHTS,
  type PublishedWeights,
  readMirrors,
} from '../../../backbones/keras/published-weights.js';
import { BadInput } from '../../../errors/graft-error.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const BODY = Buffer.concat([Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), Buffer.alloc(200_000, 'graft')]);
const MD5 = createHash('md5').update(BODY).digest('hex');

/** A server whose every path has the same body; the first answer may be cut. */
async function serve(body: Buffer, firstCutAt?: number) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.url ?? ''} ${request.headers.range ?? ''}`.trim());
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const part = body.subarray(from);
    const range = from > 0 ? { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` } : {};
    response.writeHead(from > 0 ? 206 : 200, { etag: '"v1"', 'content-length': part.length, ...range });
    if (firstCutAt !== undefined && asked.length === 1)
      response.write(part.subarray(0, firstCutAt), () => setTimeout(() => response.destroy(), 500));
    else response.end(part);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, asked };
}

/** The publisher's file as this test serves it. */
const published = (url: string, more: Partial<PublishedWeights> = {}) => ({
  published: { url: `${url}/keras-applications/vgg16/vgg16_notop.h5`, md5: MD5, bytes: BODY.length, ...more },
});
const settings = async () => ({ folder: await temporaryFolder(), retries: 1, retryDelayMs: 1 });

test('published weights are downloaded, go on after a cut, and are kept as .h5', async () => {
  const { url, asked } = await serve(BODY, 50_000);
  const path = await downloadPublishedWeights('vgg16', { ...(await settings()), ...published(url) });
  expect(path).toMatch(/vgg16_notop-[\da-f]{12}\.h5$/);
  expect((await readFile(path)).equals(BODY)).toBe(true);
  expect(asked).toEqual([
    '/keras-applications/vgg16/vgg16_notop.h5',
    '/keras-applications/vgg16/vgg16_notop.h5 bytes=50000-',
  ]);
});

test('another MD5 or length is refused in one sentence, and nothing is kept', async () => {
  const { url } = await serve(BODY);
  const wrong = [
    [{ md5: 'f'.repeat(32) }, new RegExp(`sends a file with MD5 ${MD5}, expected f{32}\\. .*--weights`)],
    [{ bytes: 58_889_256 }, /sends a file of 200,008 bytes, expected 58,889,256\. /],
  ] as const;
  for (const [fault, message] of wrong) {
    const options = { ...(await settings()), ...published(url, fault) };
    const failure = downloadPublishedWeights('vgg16', options);
    await expect(failure).rejects.toThrow(BadInput);
    await expect(failure).rejects.toThrow(message);
    expect(await readdir(options.folder)).toEqual([]);
  }
});

test('a page in place of the weights is refused', async () => {
  const { url } = await serve(Buffer.from('<!doctype html><title>Log in</title>'));
  await expect(
    downloadPublishedWeights('vgg16', { ...(await settings()), ...published(url) }),
  ).rejects.toThrow(/sends an HTML page, expected an HDF5 file/);
});

test('mirrors are asked first: folders laid out as the publisher’s, or the file itself', async () => {
  const publisher = await serve(BODY);
  for (const mirrorOf of [
    (url: string) => [`${url}/mine/`],
    (url: string) => [`${url}/elsewhere/vgg19_notop.h5`, `${url}/flat/vgg16_notop.h5`],
  ]) {
    const mirror = await serve(BODY);
    const mirrors = mirrorOf(mirror.url);
    await downloadPublishedWeights('vgg16', { ...(await settings()), ...published(publisher.url), mirrors });
    expect(mirror.asked).toEqual([
      mirrors.length === 1 ? '/mine/vgg16/vgg16_notop.h5' : '/flat/vgg16_notop.h5',
    ]);
  }
  expect(publisher.asked).toEqual([]);
});

test('a mirror that has something else gives way to the publisher', async () => {
  const [mirror, publisher] = [await serve(Buffer.concat([BODY, BODY])), await serve(BODY)];
  const options = { ...(await settings()), ...published(publisher.url), mirrors: [mirror.url] };
  expect((await readFile(await downloadPublishedWeights('vgg16', options))).equals(BODY)).toBe(true);
  expect([mirror.asked.length, publisher.asked.length]).toEqual([1, 1]);
});

test('mirrors come from GRAFT_WEIGHTS_MIRROR', () => {
  expect(readMirrors({})).toEqual([]);
  expect(readMirrors({ GRAFT_WEIGHTS_MIRROR: ' https://a.example/w, ,http://b.example/x.h5 ' })).toEqual([
    'https://a.example/w',
    'http://b.example/x.h5',
  ]);
});

test('what is published is a fixed value', () => {
  expect(PUBLISHED_WEIGHTS.vgg16.md5).toBe('6d6bbae143d832006294945121d1f1fc');
  expect(PUBLISHED_WEIGHTS.vgg19.md5).toBe('253f8cb515780f3b799900260a226db6');
});
