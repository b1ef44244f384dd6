import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fetchToFile } from '../../infra/fetch-to-file.js';
import { temporaryFolder } from '../support/temporary-folder.js';

async function serve(answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((_request, response) => answer(response)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
}

const target = async (): Promise<string> => join(await temporaryFolder(), 'file');

test('a file arrives byte for byte, with its SHA-256 and its progress', async () => {
  const body = Buffer.alloc(300_000, 'graft');
  const url = await serve((response) => response.writeHead(200, { 'content-length': body.length }).end(body));
  const file = await target();
  const progress: (number | undefined)[][] = [];
  const sha256 = await fetchToFile(url, file, {
    maxBytes: body.length,
    onProgress: (received, total) => progress.push([received, total]),
  });
  expect(sha256).toBe(createHash('sha256').update(body).digest('hex'));
  expect((await readFile(file)).equals(body)).toBe(true);
  expect(progress.at(-1)).toEqual([body.length, body.length]);
});

test('a server that never answers, stalls, sends too much or hangs up is told apart', async () => {
  const silent = await serve(() => undefined);
  await expect(fetchToFile(silent, await target(), { maxBytes: 9, connectTimeoutMs: 50 })).rejects.toThrow(
    'did not answer within 0.05 s',
  );
  const stalls = await serve((response) => response.writeHead(200).write('x'));
  await expect(fetchToFile(stalls, await target(), { maxBytes: 9, stallTimeoutMs: 50 })).rejects.toThrow(
    'stopped for 0.05 s',
  );
  const endless = await serve((response) => response.writeHead(200).end('0123456789'));
  await expect(fetchToFile(endless, await target(), { maxBytes: 9 })).rejects.toThrow(
    'is longer than 9 bytes',
  );
  const hangsUp = await serve((response) => response.destroy());
  await expect(fetchToFile(hangsUp, await target(), { maxBytes: 9 })).rejects.toThrow(
    'failed (UND_ERR_SOCKET)',
  );
});
