import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultKind } from './faults.js';

/** Harm to the requests of a while, or to the next few of those that can suffer it. */
export type Harm =
  | { readonly kind: 'error' | 'full'; readonly seconds: number; readonly status: 500 | 503 | 507 }
  | { readonly kind: 'silence' | 'half write' | 'lost write' | 'half read'; readonly requests: number };

/** A proxy on a loopback port in front of an S3 server. */
export interface HarmfulProxy {
  readonly endpoint: string;
  /** Does harm until it is over, or `isOver` says that nobody asks any more. Resolves to the number of requests hit. */
  harm(harm: Harm, isOver: () => boolean): Promise<number>;
  close(): Promise<void>;
}

/** What S3 servers answer with these statuses. */
const CODES = { 500: 'InternalError', 503: 'SlowDown', 507: 'XMinioStorageFull' } as const;

/** Starts the proxy; everything passes until it is told to do harm. */
export async function startHarmfulProxy(target: string): Promise<HarmfulProxy> {
  const agent = new Agent({ keepAlive: true });
  let present: Harm | undefined;
  let hits = 0;
  const server = createServer((incoming, outgoing) => {
    outgoing.on('error', () => undefined);
    const harm = present !== undefined && suffers(present, incoming) ? present : undefined;
    if (harm !== undefined) hits++;
    if (harm !== undefined && 'requests' in harm && hits >= harm.requests) present = undefined;
    if (harm !== undefined && 'status' in harm) refuse(incoming, outgoing, harm.status);
    else if (harm?.kind === 'silence')
      incoming.resume(); // until the client loses patience
    else forward(target, agent, incoming, outgoing, harm?.kind);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async harm(harm, isOver) {
      hits = 0;
      present = harm;
      const end = 'seconds' in harm ? Date.now() + harm.seconds * 1_000 : Number.POSITIVE_INFINITY;
      while ((present as Harm | undefined) === harm && Date.now() < end && !isOver()) await sleep(20);
      present = undefined;
      return hits;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await once(server, 'close');
    },
  };
}

function suffers({ kind }: Harm, { method, headers }: IncomingMessage): boolean {
  const isWrite = method === 'PUT' && Number(headers['content-length'] ?? 0) > 1;
  if (kind === 'half read') return method === 'GET';
  return kind === 'error' || kind === 'silence' || isWrite;
}

function refuse(incoming: IncomingMessage, outgoing: ServerResponse, status: keyof typeof CODES): void {
  incoming.resume().once('end', () => {
    outgoing.writeHead(status, { 'content-type': 'application/xml' });
    outgoing.end(`<?xml version="1.0"?><Error><Code>${CODES[status]}</Code><Message>chaos</Message></Error>`);
  });
}

/** Hands a request on, whole or only half of its body; hands its answer back, whole, half or not at all. */
function forward(
  target: string,
  agent: Agent,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  harm: FaultKind | undefined,
): void {
  const { method, headers, url = '/' } = incoming;
  const onward = request(new URL(url, target), { method, headers, agent }, (answer) => {
    answer.on('error', () => outgoing.destroy());
    if (harm === 'lost write') return void answer.resume().once('end', () => outgoing.destroy());
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    if (harm === undefined) return void answer.pipe(outgoing);
    return void readAll(answer).then((body) =>
      outgoing.write(body.subarray(0, body.length / 2), () => outgoing.destroy()),
    );
  });
  onward.on('error', () => outgoing.destroy());
  outgoing.on('close', () => {
    if (!outgoing.writableFinished) onward.destroy();
  });
  if (harm !== 'half write') return void incoming.pipe(onward);
  void readAll(incoming).then((body) =>
    onward.write(body.subarray(0, body.length / 2), () => {
      onward.destroy();
      outgoing.destroy();
    }),
  );
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of message) chunks.push(chunk as Buffer);
  } catch {
    // It broke off by itself: what is there is all there is.
  }
  return Buffer.concat(chunks);
}
