import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './faults.js';
import type { Harm } from './harmful-proxy.js';
import type { Scene } from './scene.js';
import { type DamagedShard, damageShard, findWholeShard } from './shard-damage.js';
import type { WorkerProcess } from './worker-process.js';

/** A fault that has happened. */
export interface DeliveredFault extends Fault {
  /** Milliseconds since 1970: its first moment, and when what it hit had recovered. */
  readonly from: number;
  readonly until: number;
  /** Pids of the workers that it hit. */
  readonly workers: readonly number[];
  readonly shard?: DamagedShard;
}

/** What the moment is like. */
export interface Moment {
  /** Seconds without a heartbeat after which a worker counts as dead. */
  readonly heartbeatSeconds: number;
  /** Whether the run has ended: then nothing can be survived. */
  readonly isOver: () => boolean;
}

type Delivery = Partial<Pick<DeliveredFault, 'workers' | 'shard'>>;

/** Does what the fault says, and waits until what it hit is back. Undefined where there was nothing that it could hit. */
export async function deliverFault(
  scene: Scene,
  fault: Fault,
  moment: Moment,
): Promise<DeliveredFault | undefined> {
  const from = Date.now();
  const all = scene.fleet.workers.map(({ pid }) => pid);
  const delivery = await harm(scene, fault, moment);
  return delivery && { ...fault, from, until: Date.now(), workers: all, ...delivery };
}

async function harm(scene: Scene, fault: Fault, moment: Moment): Promise<Delivery | undefined> {
  const { fleet, server, disk } = scene;
  switch (fault.kind) {
    case 'worker':
      return onWorker(scene, fault, moment, (worker) => fleet.kill(worker));
    case 'extractor':
      return killExtractor(scene, fault);
    case 'freeze':
      return freeze(scene, fault, moment);
    case 'server':
      await server.killAndRestart(0.3 + 2 * fault.severity);
      return {};
    case 'shard':
      return corrupt(scene, fault);
    case 'full':
      if (disk === undefined) return harmRequests(scene, fault, moment);
      await disk.fill();
      await sleep(lengthOf(fault) * 1_000);
      await disk.empty();
      return {};
    default:
      return harmRequests(scene, fault, moment);
  }
}

/** Seconds that trouble of the store lasts: from a moment, which the client bridges, to more than an attempt survives. */
const lengthOf = ({ severity }: Fault): number => 0.5 + 5 * severity;

const aimAt = <Item>({ aim }: Fault, items: readonly Item[]): Item | undefined =>
  items[Math.min(items.length - 1, Math.floor(aim * items.length))];

async function onWorker(
  { fleet }: Scene,
  fault: Fault,
  { isOver }: Moment,
  strike: (worker: WorkerProcess) => void,
): Promise<Delivery | undefined> {
  const worker = aimAt(
    fault,
    fleet.workers.filter((each) => each.isServing()),
  );
  if (worker === undefined) return undefined;
  strike(worker);
  await worker.ended;
  await fleet.untilServing(isOver);
  return { workers: [worker.pid] };
}

async function killExtractor({ fleet }: Scene, fault: Fault): Promise<Delivery | undefined> {
  const worker = aimAt(
    fault,
    fleet.workers.filter((each) => each.extractor() !== undefined),
  );
  const extractor = worker?.extractor();
  if (worker === undefined || extractor === undefined) return undefined;
  process.kill(extractor, 'SIGKILL');
  // Its worker starts the next one when it has a batch for it.
  while (worker.extractor() === extractor) await sleep(20);
  return { workers: [worker.pid] };
}

async function freeze({ fleet }: Scene, fault: Fault, moment: Moment): Promise<Delivery | undefined> {
  const worker = aimAt(
    fault,
    fleet.workers.filter((each) => each.isServing()),
  );
  if (worker === undefined) return undefined;
  worker.signal('SIGSTOP');
  try {
    await sleep((moment.heartbeatSeconds + 1 + 2 * fault.severity) * 1_000);
  } finally {
    worker.signal('SIGCONT');
  }
  return { workers: [worker.pid] };
}

async function corrupt({ backDoor }: Scene, fault: Fault): Promise<Delivery | undefined> {
  const key = await findWholeShard(backDoor, fault.aim);
  return key === undefined ? undefined : { shard: await damageShard(backDoor, key, 'flip'), workers: [] };
}

async function harmRequests(
  { proxy }: Scene,
  fault: Fault,
  { isOver }: Moment,
): Promise<Delivery | undefined> {
  if (proxy === undefined) throw new TypeError(`expected a bucket for the fault "${fault.kind}"`);
  return (await proxy.harm(harmOf(fault), isOver)) === 0 ? undefined : {};
}

function harmOf(fault: Fault): Harm {
  const { kind, severity, aim } = fault;
  if (kind === 'error') return { kind, seconds: lengthOf(fault), status: aim < 0.5 ? 500 : 503 };
  if (kind === 'full') return { kind, seconds: lengthOf(fault), status: 507 };
  if (kind === 'silence' || kind === 'half write' || kind === 'lost write' || kind === 'half read')
    return { kind, requests: 1 + Math.floor(severity * 4) };
  throw new TypeError(`expected a fault of requests, received "${kind}"`);
}
