import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, type link, mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { BadInput } from '../../errors/graft-error.js';
import { explainFileError } from '../../storage/file-errors.js';
import { filePath } from '../../storage/file-path.js';
import { createFileStore } from '../../storage/file-store.js';
import { createFolderSync } from '../../storage/folder-sync.js';
import {
  type ObjectStore,
  StoreRefused,
  StoreUnavailable,
  type UnfinishedWrite,
} from '../../storage/object-store.js';
import { publishNew } from '../../storage/publish-file.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { CONFORMANCE } from './conformance.js';

const body = new TextEncoder().encode('{"whole": true}');

async function listKeys(store: ObjectStore): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list('')) found.push(key);
  return found;
}

/** Permissions bind everybody but root, as whom containers like to run tests. */
async function asAnybody(work: () => Promise<void>): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

describe('a store in a folder', () => {
  for (const [title, check] of Object.entries(CONFORMANCE))
    test(title, async () => check(createFileStore(join(await temporaryFolder(), 'new', 'store'))));
});

describe('a folder that several hands touch', () => {
  test('shows nothing of a write whose process was killed before the object got its name', async () => {
    const root = await temporaryFolder();
    const storeModule = pathToFileURL(resolve('dist/storage/file-store.js')).href;
    const program = `
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      fs.promises.link = () => process.kill(process.pid, 'SIGKILL');
      syncBuiltinESMExports();
      const { createFileStore } = await import(${JSON.stringify(storeModule)});
      await createFileStore(${JSON.stringify(root)}).putIfAbsent('runs/1/outcome.json', Buffer.from('half'));
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: 'inherit' });
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);

    expect(await readdir(join(root, '.graft-tmp'))).toHaveLength(1);
    const store = createFileStore(root);
    expect(await listKeys(store)).toEqual([]);
    expect(await store.head('runs/1/outcome.json')).toBeUndefined();
    expect(await store.putIfAbsent('runs/1/outcome.json', body)).toBe('written');
  });

  test('is cleared of what killed processes left a day ago, and of nothing younger', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, '.graft-tmp'));
    for (const name of ['old', 'young']) await writeFile(join(root, '.graft-tmp', name), 'half');
    const twoDaysAgo = new Date(Date.now() - 2 * 24 * 60 * 60 * 1000);
    await utimes(join(root, '.graft-tmp', 'old'), twoDaysAgo, twoDaysAgo);
    await createFileStore(root).putIfAbsent('a', body);
    expect(await readdir(join(root, '.graft-tmp'))).toEqual(['young']);
  });

  test('lists what killed processes left, and throws it away when asked', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, '.graft-tmp'));
    for (const name of ['first', 'second']) await writeFile(join(root, '.graft-tmp', name), 'half');
    const found: UnfinishedWrite[] = [];
    for await (const write of createFileStore(root).unfinished?.() ?? []) found.push(write);
    expect(found.map(({ name, size }) => [name, size])).toEqual([
      ['.graft-tmp/first', 4],
      ['.graft-tmp/second', 4],
    ]);
    await found[0]?.remove();
    await found[0]?.remove();
    expect(await readdir(join(root, '.graft-tmp'))).toEqual(['second']);
  });

  test('takes no temporary files, links or files of the operating system for objects', async () => {
    const root = await temporaryFolder();
    const store = createFileStore(root);
    await store.putIfAbsent('images/a.jpg', body);
    await writeFile(join(root, 'images', '.DS_Store'), 'Finder');
    await writeFile(join(root, 'images', 'back\\slash'), 'no key');
    await symlink('/', join(root, 'images', 'link'));
    expect(await listKeys(store)).toEqual(['images/a.jpg']);
    await expect(store.putIfAbsent('.graft-tmp/a', body)).rejects.toThrow(BadInput);
  });

  test('is made again after somebody has removed it', async () => {
    const root = await temporaryFolder();
    const store = createFileStore(root);
    await store.putIfAbsent('a/b/one', body);
    await rm(join(root, 'a'), { recursive: true });
    await rm(join(root, '.graft-tmp'), { recursive: true });
    expect(await store.putIfAbsent('a/b/two', body)).toBe('written');
    expect(await listKeys(store)).toEqual(['a/b/two']);
  });

  test('keeps the first object where the file system cannot link', async () => {
    const root = await temporaryFolder();
    const cannotLink: typeof link = () =>
      Promise.reject(Object.assign(new Error('operation not permitted, link'), { code: 'EPERM' }));
    for (const name of ['one', 'two']) await writeFile(join(root, name), name);
    expect(await publishNew(join(root, 'one'), join(root, 'target'), cannotLink)).toBe(true);
    expect(await publishNew(join(root, 'two'), join(root, 'target'), cannotLink)).toBe(false);
    expect(await readFile(join(root, 'target'), 'utf8')).toBe('one');
  });
});

describe('the flushing of folders', () => {
  test('is shared by all who come while one is under way, and never by those who came too late for it', async () => {
    const started: (() => void)[] = [];
    const sync = createFolderSync(() => new Promise((finish) => started.push(finish)));
    const settled: string[] = [];
    const call = (name: string): Promise<unknown> => sync('/f').then(() => settled.push(name));

    const first = call('first');
    await Promise.resolve();
    const others = ['second', 'third'].map(call);
    expect(started).toHaveLength(1);
    started[0]?.();
    await first;
    expect(settled).toEqual(['first']);
    expect(started).toHaveLength(2);
    started[1]?.();
    await Promise.all(others);
    expect(settled).toEqual(['first', 'second', 'third']);
    expect(started).toHaveLength(2);
  });

  test('is tried anew after it failed', async () => {
    let flushes = 0;
    const sync = createFolderSync(() =>
      ++flushes === 1 ? Promise.reject(new Error('EIO')) : Promise.resolve(),
    );
    const first = sync('/f');
    await Promise.resolve();
    const second = sync('/f');
    await expect(first).rejects.toThrow('EIO');
    await expect(second).resolves.toBeUndefined();
  });
});

describe('a folder that does not work', () => {
  test('is refused with a sentence where the path is a file', async () => {
    const file = join(await temporaryFolder(), 'store');
    await writeFile(file, 'not a folder');
    for (const root of [file, join(file, 'below')]) {
      const store = createFileStore(root);
      const sentence = `The store ${root} is not a folder, or lies below a file. Choose another one with --store.`;
      await expect(store.check()).rejects.toThrow(new StoreRefused(sentence));
      await expect(store.get('a/b')).rejects.toThrow(StoreRefused);
      await expect(store.head('a/b')).rejects.toThrow(StoreRefused);
      await expect(listKeys(store)).rejects.toThrow(StoreRefused);
    }
    expect(await readFile(file, 'utf8')).toBe('not a folder');
  });

  test.skipIf(process.platform === 'win32')('is refused with a sentence where it is read-only', async () => {
    const root = await temporaryFolder();
    await chmod(root, 0o555);
    const store = createFileStore(root);
    await asAnybody(async () => {
      await expect(store.check()).rejects.toThrow(StoreRefused);
      await expect(store.check()).rejects.toThrow(/permission denied \(EACCES\)\. Give this user access/);
      expect(await listKeys(store)).toEqual([]);
    });
    await chmod(root, 0o755);
  });

  test('is refused where a file lies in the way of a folder', async () => {
    const root = await temporaryFolder();
    const store = createFileStore(root);
    await store.putIfAbsent('a', body);
    await expect(store.putIfAbsent('a/b', body)).rejects.toThrow(StoreRefused);
    await expect(store.replace('a/b', body)).rejects.toThrow(/a file lies where it expects a folder/);
    expect(existsSync(join(root, 'a'))).toBe(true);
  });

  test.each([
    ['ENOSPC', StoreUnavailable, 'the disk is full; free some space (ENOSPC).'],
    ['EIO', StoreUnavailable, 'look at the system log (EIO).'],
    ['EROFS', StoreRefused, 'the file system is read-only (EROFS).'],
    ['EACCES', StoreRefused, 'Give this user access to the folder'],
    ['EXDEV', StoreRefused, 'another file system (EXDEV).'],
    ['ESTALE', StoreUnavailable, 'ESTALE'],
  ])('explains %s', async (code, kind, sentence) => {
    const trouble = Object.assign(new Error(`${code}: trouble`), { code, syscall: 'write' });
    const explained = await explainFileError(trouble, '/data', 'write "a/b"');
    expect(explained).toBeInstanceOf(kind);
    expect(explained).toMatchObject({ retryable: kind === StoreUnavailable, cause: trouble });
    expect(String(explained)).toContain('The store /data cannot write "a/b": ');
    expect(String(explained)).toContain(sentence);
  });

  test('hides no error that is not of the file system', async () => {
    const bug = new TypeError('x is not a function');
    expect(await explainFileError(bug, '/data', 'write')).toBe(bug);
  });
});

test.each(['a:b', 'what?', 'con', 'NUL.txt', 'ends.', 'ends ', 'a/LPT1.jpg'])(
  'a key that Windows cannot name is refused there alone: %s',
  (key) => {
    expect(() => filePath('/data', key, 'win32')).toThrow(BadInput);
    expect(filePath('/data', key, 'linux')).toBe(join('/data', key));
  },
);
