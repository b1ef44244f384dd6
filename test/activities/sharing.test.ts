import { expect, test } from 'vitest';
import { createSharing } from '../../activities/sharing.js';

/** Work that ends when the test says so; `log` holds who began and ended, in order. */
function createWork(log: string[]) {
  const ends = new Map<string, () => void>();
  return {
    work: (name: string) => async () => {
      log.push(`+${name}`);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      log.push(`-${name}`);
    },
    end: async (name: string) => {
      ends.get(name)?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test('who wants to be alone waits for those before and makes those after wait', async () => {
  const log: string[] = [];
  const { work, end } = createWork(log);
  const sharing = createSharing();
  const all = [
    sharing.shared(work('a')),
    sharing.shared(work('b')),
    sharing.alone(work('lone')),
    sharing.shared(work('c')),
  ];
  await new Promise((resolve) => setImmediate(resolve));
  await end('a');
  expect(log).toEqual(['+a', '+b', '-a']);
  await end('b');
  expect(log.slice(3)).toEqual(['-b', '+lone']);
  await end('lone');
  expect(log.slice(5)).toEqual(['-lone', '+c']);
  await end('c');
  await Promise.all(all);
});

test('a failure lets the next one in', async () => {
  const sharing = createSharing();
  await expect(sharing.alone(() => Promise.reject(new Error('crash')))).rejects.toThrow('crash');
  await expect(sharing.shared(() => Promise.resolve('next'))).resolves.toBe('next');
});
