import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { identifyProcess, isRunning, type ProcessIdentity } from '../../infra/process-identity.js';
import { withProcessLock } from '../../infra/process-lock.js';
import { temporaryFolder } from '../support/temporary-folder.js';

async function endedProcess(): Promise<ProcessIdentity> {
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { stdio: 'ignore' });
  const identity = await identifyProcess(child.pid ?? 0);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return identity;
}

const lockFile = async (): Promise<string> => join(await temporaryFolder(), 'a.lock');

test('a living process is running, an ended one is not, and its pid given to another is not either', async () => {
  const own = await identifyProcess(process.pid);
  expect(await isRunning(own)).toBe(true);
  expect(await isRunning(await endedProcess())).toBe(false);
  expect(await isRunning({ ...own, started: 'at another time' })).toBe(false);
});

test(
  'a process that ended but was not reaped is not running',
  { skip: process.platform !== 'linux' },
  async () => {
    // The shell becomes `sleep`, which never waits for the child that it inherits.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const identity = await identifyProcess(Number(line.toString()));
    expect(await isRunning(identity)).toBe(true);
    process.kill(identity.pid, 'SIGKILL');
    await expect.poll(() => isRunning(identity), { timeout: 10_000 }).toBe(false);
    expect(execFileSync('ps', ['-o', 'stat=', '-p', String(identity.pid)]).toString()).toMatch(/^Z/);
  },
);

test('holders of a lock take turns', async () => {
  const file = await lockFile();
  const events: string[] = [];
  const turn = (name: string): Promise<void> =>
    withProcessLock(file, {}, async () => {
      events.push(`${name} in`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      events.push(`${name} out`);
    });
  await Promise.all(['a', 'b', 'c'].map(turn));
  const names = events.filter((_, index) => index % 2 === 0).map((event) => event[0] ?? '');
  expect(events).toEqual(names.flatMap((name) => [`${name} in`, `${name} out`]));
  expect([...names].sort()).toEqual(['a', 'b', 'c']);
});

test('a lock is given back when its holder throws', async () => {
  const file = await lockFile();
  await expect(withProcessLock(file, {}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withProcessLock(file, {}, () => Promise.resolve('free'))).toBe('free');
});

test("a killed process' lock is broken", async () => {
  const file = await lockFile();
  await writeFile(file, JSON.stringify(await endedProcess()));
  const waited: unknown[] = [];
  const holder = await withProcessLock(file, { onWait: (by) => waited.push(by) }, () =>
    readFile(file, 'utf8'),
  );
  expect(JSON.parse(holder)).toEqual(await identifyProcess(process.pid));
  expect(waited).toEqual([]);
});

test('a half-written lock is respected while it is young and broken when it is old', async () => {
  const file = await lockFile();
  await writeFile(file, '{"pid":');
  const impatient = AbortSignal.timeout(300);
  await expect(withProcessLock(file, { signal: impatient }, () => Promise.resolve())).rejects.toThrow(
    /timeout|aborted/,
  );
  await utimes(file, new Date(0), new Date(0));
  expect(await withProcessLock(file, {}, () => Promise.resolve('free'))).toBe('free');
});

test("another machine's lock is waited for, with its holder named", async () => {
  const file = await lockFile();
  const holder = { pid: 1, started: 'x', host: 'another.machine' };
  await writeFile(file, JSON.stringify(holder));
  const waited: unknown[] = [];
  const abort = new AbortController();
  const onWait = (by: unknown): void => {
    waited.push(by);
    abort.abort(new Error('enough'));
  };
  await expect(
    withProcessLock(file, { signal: abort.signal, onWait }, () => Promise.resolve()),
  ).rejects.toThrow(/enough|aborted/);
  expect(waited).toEqual([holder]);
});
