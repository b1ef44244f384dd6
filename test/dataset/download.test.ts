import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { basename } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { downloadArchive, type DownloadOptions } from '../../dataset/download.js';
import { DownloadFailed } from '../../dataset/download-request.js';
import { BadInput } from '../../errors/graft-error.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const BODY = Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(300_000, 'graft')]);
const SHA256 = createHash('sha256').update(BODY).digest('hex');

type Handler = (request: IncomingMessage, response: ServerResponse, nth: number) => void;

/** A server on a free port that answers by `handler` and remembers what it was asked. */
async function serve(handler: Handler) {
  const asked: { method: string; url: string; headers: IncomingMessage['headers'] }[] = [];
  const server = createServer((request, response) => {
    asked.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    handler(request, response, asked.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}/food.zip`, asked };
}

/** Answers with the body, by ranges where asked for, as a good server does. */
const sendBody =
  (etag = '"v1"', body = BODY): Handler =>
  (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const isRange = from > 0 && request.headers['if-range'] === etag;
    const part = isRange ? body.subarray(from) : body;
    const range = isRange ? { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` } : {};
    response.writeHead(isRange ? 206 : 200, { etag, 'content-length': part.length, ...range });
    response.end(request.method === 'HEAD' ? undefined : part);
  };

/** Announces the whole body, sends a part of it and hangs up. */
const cutAt =
  (bytes: number, headers: Record<string, string> = { etag: '"v1"' }): Handler =>
  (_, response) => {
    response.writeHead(200, { 'content-length': BODY.length, ...headers });
    response.write(BODY.subarray(0, bytes), () => setTimeout(() => response.destroy(), 500));
  };

const options = async (more: Partial<DownloadOptions> = {}): Promise<DownloadOptions> => ({
  folder: await temporaryFolder(),
  retries: 2,
  retryDelayMs: 1,
  ...more,
});

const contentOf = async (path: string) => (await readFile(path)).equals(BODY);

test('a file is downloaded, checked and nothing else is left', async () => {
  const { url } = await serve(sendBody());
  const settings = await options({ sha256: SHA256 });
  const received: number[] = [];
  const path = await downloadArchive([url], { ...settings, onProgress: (p) => received.push(p.received) });
  expect(await contentOf(path)).toBe(true);
  expect(received.at(-1)).toBe(BODY.length);
  expect((await readdir(settings.folder)).sort()).toEqual([basename(path), `${basename(path)}.json`]);
});

test('a cut download goes on where it ended', async () => {
  const { url, asked } = await serve((request, response, nth) =>
    (nth === 1 ? cutAt(100_000) : sendBody())(request, response, nth),
  );
  expect(await contentOf(await downloadArchive([url], await options()))).toBe(true);
  expect(asked[1]?.headers).toMatchObject({ range: 'bytes=100000-', 'if-range': '"v1"' });
});

test('an unfinished download of an earlier process goes on', async () => {
  const { url, asked } = await serve((request, response, nth) =>
    (nth === 1 ? cutAt(100_000) : sendBody())(request, response, nth),
  );
  const settings = await options({ retries: 0 });
  await expect(downloadArchive([url], settings)).rejects.toThrow(
    /was cut at 100,000 bytes .*Graft goes on where it ended/,
  );
  expect(await contentOf(await downloadArchive([url], settings))).toBe(true);
  expect(asked[1]?.headers.range).toBe('bytes=100000-');
});

test('a file that changed on the server meanwhile is fetched anew, never mixed', async () => {
  const { url } = await serve((request, response, nth) =>
    (nth === 1 ? cutAt(100_000, { etag: '"v0"' }) : sendBody('"v1"'))(request, response, nth),
  );
  expect(await contentOf(await downloadArchive([url], await options()))).toBe(true);
});

test('without a validator, or with a weak one, nothing is continued', async () => {
  for (const headers of [{}, { etag: 'W/"v1"' }]) {
    const { url, asked } = await serve((request, response, nth) =>
      (nth === 1 ? cutAt(100_000, headers) : sendBody())(request, response, nth),
    );
    expect(await contentOf(await downloadArchive([url], await options()))).toBe(true);
    expect(asked[1]?.headers.range).toBeUndefined();
  }
});

test('a server without ranges sends the whole again', async () => {
  const { url } = await serve((request, response, nth) => {
    if (nth === 1) {
      cutAt(100_000)(request, response, nth);
      return;
    }
    response.writeHead(200, { 'content-length': BODY.length }).end(BODY);
  });
  expect(await contentOf(await downloadArchive([url], await options()))).toBe(true);
});

test('a range that cannot be had starts the download again', async () => {
  const { url } = await serve((request, response, nth) => {
    if (nth === 1) {
      cutAt(100_000)(request, response, nth);
      return;
    }
    if (request.headers.range !== undefined) response.writeHead(416).end();
    else sendBody()(request, response, nth);
  });
  expect(await contentOf(await downloadArchive([url], await options()))).toBe(true);
});

test('another range than the one asked for is refused', async () => {
  const { url } = await serve((request, response, nth) => {
    if (nth === 1) {
      cutAt(100_000)(request, response, nth);
      return;
    }
    response.writeHead(206, { 'content-range': `bytes 5-9/${BODY.length}` }).end('12345');
  });
  await expect(downloadArchive([url], await options())).rejects.toThrow(
    /sends another range than the one asked for/,
  );
});

test('503 and 429 are tried again, 404 is not', async () => {
  const flaky = await serve((request, response, nth) => {
    if (nth <= 2) response.writeHead(nth === 1 ? 503 : 429).end();
    else sendBody()(request, response, nth);
  });
  expect(await contentOf(await downloadArchive([flaky.url], await options()))).toBe(true);
  const gone = await serve((_, response) => void response.writeHead(404).end());
  const failure = downloadArchive([gone.url], await options());
  await expect(failure).rejects.toThrow(BadInput);
  await expect(failure).rejects.toThrow(/food\.zip answers with status 404/);
  expect(gone.asked.length).toBe(1);
});

test('a mirror takes over, whatever is wrong with the first', async () => {
  const wrong: Handler[] = [
    (_, response) => void response.writeHead(404).end(),
    (_, response) => void response.writeHead(500).end(),
    (_, response) => void response.writeHead(200).end('<!doctype html><title>Log in</title>'),
    sendBody('"v1"', Buffer.concat([BODY, BODY])),
  ];
  for (const handler of wrong) {
    const [first, second] = [await serve(handler), await serve(sendBody())];
    const path = await downloadArchive(
      [first.url, second.url],
      await options({ sha256: SHA256, retries: 0 }),
    );
    expect(await contentOf(path)).toBe(true);
  }
});

test('other bytes than the SHA-256 promises are thrown away', async () => {
  const { url } = await serve(sendBody());
  const settings = await options({ sha256: 'f'.repeat(64) });
  const failure = downloadArchive([url], settings);
  await expect(failure).rejects.toThrow(BadInput);
  await expect(failure).rejects.toThrow(new RegExp(`SHA-256 ${SHA256}, expected ffff`));
  expect(await readdir(settings.folder)).toEqual([]);
});

test('a web page instead of an archive is refused and not kept', async () => {
  const { url } = await serve((_, response) => void response.writeHead(200).end('<html><body>Log in'));
  const settings = await options();
  await expect(downloadArchive([url], settings)).rejects.toThrow(/sends an HTML page, expected a zip file/);
  expect(await readdir(settings.folder)).toEqual([]);
});

test('a complete download is used again while the server has the same version', async () => {
  let etag = '"v1"';
  const { url, asked } = await serve((request, response, nth) => sendBody(etag)(request, response, nth));
  const settings = await options();
  const first = await downloadArchive([url], settings);
  expect(await downloadArchive([url], settings)).toBe(first);
  expect(asked.map(({ method }) => method)).toEqual(['GET', 'HEAD']);
  etag = '"v2"';
  await downloadArchive([url], settings);
  expect(asked.map(({ method }) => method)).toEqual(['GET', 'HEAD', 'HEAD', 'GET']);
});

test('a complete download is used again when its server is gone, or its SHA-256 is known', async () => {
  let works = true;
  const { url, asked } = await serve((request, response, nth) => {
    if (works) sendBody()(request, response, nth);
    else response.destroy();
  });
  const settings = await options();
  const first = await downloadArchive([url], settings);
  works = false;
  expect(await downloadArchive([url], settings)).toBe(first);
  const before = asked.length;
  expect(await downloadArchive([url], { ...settings, sha256: SHA256 })).toBe(first);
  expect(asked.length).toBe(before);
});

test('a stalled download is given up and goes on', async () => {
  const { url } = await serve((request, response, nth) => {
    if (nth > 1) {
      sendBody()(request, response, nth);
      return;
    }
    response.writeHead(200, { 'content-length': BODY.length, etag: '"v1"' });
    response.write(BODY.subarray(0, 5000));
  });
  const times = { answerMs: 2000, stallMs: 100 };
  expect(await contentOf(await downloadArchive([url], await options({ times })))).toBe(true);
});

test('a server that never answers is a failure that may be retried', async () => {
  const { url } = await serve(() => undefined);
  const times = { answerMs: 50, stallMs: 50 };
  const failure = downloadArchive([url], await options({ times, retries: 1 }));
  await expect(failure).rejects.toThrow(DownloadFailed);
  await expect(failure).rejects.toThrow(/does not answer \(time-out after 0\.05 s\)/);
});

test('redirects are followed, to http and https only, and not for ever', async () => {
  const target = await serve(sendBody());
  const redirect = (location: string) =>
    serve((_, response) => void response.writeHead(302, { location }).end());
  const good = await redirect(target.url);
  expect(await contentOf(await downloadArchive([good.url], await options()))).toBe(true);
  const file = await redirect('file:///etc/passwd');
  await expect(downloadArchive([file.url], await options())).rejects.toThrow(
    /has the scheme file:, expected http/,
  );
  const loop = await redirect('/food.zip');
  await expect(downloadArchive([loop.url], await options())).rejects.toThrow(/redirects more than 5 times/);
});

test('credentials are sent but never shown', async () => {
  const { url, asked } = await serve((_, response) => void response.writeHead(403).end());
  const secret = `${url.replace('http://', 'http://me:hunter2@')}?signature=abc`;
  const failure = await downloadArchive([secret], await options()).catch((error: unknown) => String(error));
  expect(failure).toMatch(/food\.zip\?… answers with status 403/);
  expect(failure).not.toMatch(/hunter2|signature|abc/);
  expect(asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:hunter2').toString('base64')}`);
});

test('a file above the limit is refused by its length, or once that many bytes came', async () => {
  const announced = await serve(sendBody());
  const silent = await serve((_, response) => void response.writeHead(200).end(BODY));
  for (const { url } of [announced, silent])
    await expect(downloadArchive([url], await options({ maxBytes: 1000 }))).rejects.toThrow(
      /above the limit of 1,000/,
    );
});

test('an abort ends the download with the reason given and keeps what came', async () => {
  const { url } = await serve((_, response) => {
    response.writeHead(200, { 'content-length': BODY.length, etag: '"v1"' });
    response.write(BODY.subarray(0, 5000));
  });
  const controller = new AbortController();
  const settings = await options({
    signal: controller.signal,
    onProgress: () => controller.abort(new Error('enough')),
  });
  await expect(downloadArchive([url], settings)).rejects.toThrow('enough');
  expect((await readdir(settings.folder)).filter((file) => file.endsWith('.part')).length).toBe(1);
});

test('two downloads of one file at once: one waits its turn', async () => {
  const { url } = await serve((request, response, nth) => {
    setTimeout(() => sendBody()(request, response, nth), 100);
  });
  const settings = await options({ sha256: SHA256 });
  const both = await Promise.allSettled([downloadArchive([url], settings), downloadArchive([url], settings)]);
  const failed = both.filter((result) => result.status === 'rejected');
  expect(failed.length).toBe(1);
  expect(String(failed[0]?.reason)).toMatch(/another download writes/);
  expect(await contentOf(await downloadArchive([url], settings))).toBe(true);
});

test('a lock that a dead process left behind is taken over', async () => {
  const { url } = await serve(sendBody());
  const settings = await options();
  const path = await downloadArchive([url], settings);
  await mkdir(settings.folder, { recursive: true });
  await writeFile(`${path}.part.lock`, String(process.pid));
  await writeFile(path, 'damaged');
  expect(await contentOf(await downloadArchive([url], settings))).toBe(true);
});
