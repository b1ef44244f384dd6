import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * What happens to one request: it passes; it reaches the server, but the answer is lost; the answer breaks off in the
 * middle of its body; or the proxy answers itself, with a status and the name of an S3 error.
 */
export type Fault =
  'pass' | 'lose answer' | 'cut answer' | { readonly status: number; readonly code: string };

/** A proxy on a free loopback port that does harm on purpose. */
export interface FaultyProxy {
  readonly endpoint: string;
  /** Every request so far, as `PUT 503` (what the client was told) or `PUT lose answer`. */
  readonly log: readonly string[];
}

/** Starts a proxy in front of `target` that goes when the test ends. The faults are used up one per request, then all pass. */
export async function startFaultyProxy(target: string, faults: readonly Fault[]): Promise<FaultyProxy> {
  const log: string[] = [];
  const remaining = faults.values();
  const server = createServer((incoming, outgoing) => {
    const fault = remaining.next().value ?? 'pass';
    const answered = (what: string): number => log.push(`${incoming.method ?? ''} ${what}`);
    if (typeof fault === 'object') refuse(incoming, outgoing, fault, answered);
    else forward(target, incoming, outgoing, fault, answered);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, log };
}

function refuse(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { status, code }: { readonly status: number; readonly code: string },
  answered: (what: string) => void,
): void {
  incoming.resume().once('end', () => {
    answered(String(status));
    outgoing.writeHead(status, { 'content-type': 'application/xml' });
    outgoing.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>on purpose</Message></Error>`);
  });
}

function forward(
  target: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  fault: 'pass' | 'lose answer' | 'cut answer',
  answered: (what: string) => void,
): void {
  const { method, headers, url = '/' } = incoming;
  const onward = request(new URL(url, target), { method, headers }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('end', () => {
      const body = Buffer.concat(chunks);
      answered(fault === 'pass' ? String(answer.statusCode) : fault);
      if (fault === 'lose answer') return outgoing.destroy();
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      if (fault === 'pass') return outgoing.end(body);
      return outgoing.write(body.subarray(0, body.length / 2), () => outgoing.destroy());
    });
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}
