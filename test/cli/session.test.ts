import { beforeEach, expect, test, vi } from 'vitest';
import { openSession } from '../../cli/session.js';
import { MemoryStore } from '../support/memory-store.js';

const log = vi.hoisted((): { events: string[]; failing: 'workers' | 'client' } => ({
  events: [],
  failing: 'workers',
}));

vi.mock('../../infra/server-lock.js', () => ({
  connectOrStartServer: () =>
    Promise.resolve({
      server: { address: '127.0.0.1:1', uiUrl: undefined },
      role: 'owner',
      others: [],
      release: () => Promise.resolve(void log.events.push('server released')),
    }),
}));
vi.mock('../../cli/temporal-profile.js', async (original) => ({
  ...(await original<object>()),
  environmentProfile: () => undefined,
  connectTemporal: () =>
    log.failing === 'client' ? Promise.reject(new Error('no client')) : Promise.resolve({}),
}));
vi.mock('../../workers/runtime.js', () => ({
  createLogger: () => undefined,
  installRuntime: () => undefined,
}));
vi.mock('../../workers/start-workers.js', () => ({
  startWorkers: () =>
    log.failing === 'workers'
      ? Promise.reject(new Error('no workers'))
      : Promise.resolve({
          stopped: new Promise(() => undefined),
          shutdown: () => Promise.resolve(void log.events.push('workers shut down')),
        }),
}));

const open = () =>
  openSession({
    store: new MemoryStore(),
    kind: 'run',
    engine: 'onnx-cpu',
    allowedRoots: [],
    announce: () => undefined,
    signal: new AbortController().signal,
  });

beforeEach(() => void (log.events = []));

test('where workers do not start, the server is given back', async () => {
  log.failing = 'workers';
  await expect(open()).rejects.toThrow('no workers');
  expect(log.events).toEqual(['server released']);
});

test('where the client does not connect, workers that started are shut down before the server is given back', async () => {
  log.failing = 'client';
  await expect(open()).rejects.toThrow('no client');
  expect(log.events).toEqual(['workers shut down', 'server released']);
});
