import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BadInput } from '../../errors/graft-error.js';
import type { Announcement } from '../../infra/announcement.js';
import type { Environment } from '../../infra/environment.js';
import { identifyProcess, isRunning } from '../../infra/process-identity.js';
import { findInstalledCli, findTemporalCli, TemporalCliMissing } from '../../infra/temporal-cli.js';
import { findChecksum } from '../../infra/temporal-cli-download.js';
import { archiveName, pinnedArchives } from '../../infra/temporal-cli-release.js';
import { cachedCliPath } from '../../infra/temporal-cli-search.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const windows = process.platform === 'win32';

/** A shell script that answers `--version` as the CLI does. */
const cliScript = (version: string, server = '1.29.1'): string =>
  `#!/bin/sh\necho "temporal version ${version} (Server ${server}, UI 2.42.1)"\n`;

async function writeProgram(file: string, script: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, script);
  await chmod(file, 0o755);
  return file;
}

interface Machine {
  readonly bin: string;
  readonly environment: Environment;
  readonly announcements: Announcement[];
  find(more?: Environment, signal?: AbortSignal): ReturnType<typeof findTemporalCli>;
}

/** A machine with an empty cache, and a PATH of its own before the system's. */
async function emptyMachine(): Promise<Machine> {
  const folder = await temporaryFolder();
  const announcements: Announcement[] = [];
  // Only what a fake shell script needs: no real `temporal` and no real `go` may be found.
  const bin = join(folder, 'bin');
  const system = join(folder, 'system');
  for (const program of ['tar', 'sleep', 'mkdir', 'cp', 'cat', 'chmod'])
    await writeProgram(join(system, program), `#!/bin/sh\nPATH=/usr/bin:/bin exec ${program} "$@"\n`);
  const environment = {
    PATH: `${bin}:${system}`,
    GRAFT_CACHE: join(folder, 'cache'),
    GRAFT_TEMPORAL_CLI_MIRROR: await unreachable(),
  };
  return {
    bin,
    environment,
    announcements,
    find: (more = {}, signal) =>
      findTemporalCli({
        announce: (announcement) => announcements.push(announcement),
        environment: { ...environment, ...more },
        signal,
      }),
  };
}

async function serve(files: Readonly<Record<string, Uint8Array | 'hang' | 'cut'>>): Promise<string> {
  const server: Server = createServer((request, response) => {
    const body = files[(request.url ?? '').slice(1)];
    if (body === undefined) response.writeHead(404).end();
    else if (body === 'hang') response.writeHead(200, { 'content-length': 1000 }).write('x');
    else if (body === 'cut') {
      response.writeHead(200, { 'content-length': 1000 }).write('x');
      setTimeout(() => response.destroy(), 20);
    } else response.writeHead(200, { 'content-length': body.length }).end(body);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

/** An address that refuses connections: nobody listens there any more. */
async function unreachable(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

/** The release's archive for this machine, holding `script` as `temporal`, pinned for the length of the test. */
async function releaseWith(script: string, member = 'temporal'): Promise<{ name: string; archive: Buffer }> {
  const folder = await temporaryFolder();
  await writeProgram(join(folder, member), script);
  execFileSync('tar', ['-czf', 'archive.tar.gz', member], { cwd: folder });
  const archive = await readFile(join(folder, 'archive.tar.gz'));
  const name = archiveName() ?? '';
  pin(name, createHash('sha256').update(archive).digest('hex'));
  return { name, archive };
}

function pin(name: string, sha256: string): void {
  const pins: Record<string, string> = pinnedArchives;
  const before = pins[name] ?? '';
  pins[name] = sha256;
  onTestFinished(() => {
    pins[name] = before;
  });
}

const leftovers = async (machine: Machine): Promise<string[]> =>
  readdir(dirname(cachedCliPath(machine.environment)));

describe.skipIf(windows)('where the Temporal CLI comes from', () => {
  test('TEMPORAL_CLI_PATH comes before the PATH, the PATH before the cache', async () => {
    const machine = await emptyMachine();
    const cached = await writeProgram(cachedCliPath(machine.environment), cliScript('1.5.1'));
    expect(await machine.find()).toEqual({ path: cached, version: '1.5.1 (Server 1.29.1)', from: 'cache' });
    const onPath = await writeProgram(join(machine.bin, 'temporal'), cliScript('1.6.0'));
    expect(await machine.find()).toEqual({ path: onPath, version: '1.6.0 (Server 1.29.1)', from: 'PATH' });
    const named = await writeProgram(join(machine.bin, 'mine'), cliScript('1.7.0'));
    expect(await machine.find({ TEMPORAL_CLI_PATH: named })).toEqual({
      path: named,
      version: '1.7.0 (Server 1.29.1)',
      from: 'TEMPORAL_CLI_PATH',
    });
    expect(machine.announcements).toEqual([]);
  });

  test('a TEMPORAL_CLI_PATH that cannot be used is bad input, never replaced in silence', async () => {
    const machine = await emptyMachine();
    await writeProgram(join(machine.bin, 'temporal'), cliScript('1.6.0'));
    const nothing = machine.find({ TEMPORAL_CLI_PATH: '/nowhere/temporal' });
    await expect(nothing).rejects.toBeInstanceOf(BadInput);
    await expect(nothing).rejects.toThrow('TEMPORAL_CLI_PATH: expected an executable file');
    const other = await writeProgram(join(machine.bin, 'other'), '#!/bin/sh\necho hello\n');
    await expect(machine.find({ TEMPORAL_CLI_PATH: other })).rejects.toThrow(
      `TEMPORAL_CLI_PATH: ${other} is not the Temporal CLI: --version printed "hello".`,
    );
  });

  test('programs on the PATH that are too old, broken or something else are passed over', async () => {
    const machine = await emptyMachine();
    const cached = await writeProgram(cachedCliPath(machine.environment), cliScript('1.5.1'));
    for (const script of [cliScript('1.0.0', '1.24.1'), '#!/bin/sh\nexit 3\n', '#!/bin/sh\necho tctl\n']) {
      await writeProgram(join(machine.bin, 'temporal'), script);
      expect((await machine.find()).path).toBe(cached);
    }
  });

  test('a folder of the PATH that is not absolute is not looked into', async () => {
    const machine = await emptyMachine();
    const found = await findInstalledCli({
      announce: () => undefined,
      environment: { ...machine.environment, PATH: `.:node_modules/.bin::${machine.bin}` },
    });
    expect(found).toEqual({
      missing: expect.stringContaining('there is no `temporal` on the PATH') as string,
    });
  });

  test('no TEMPORAL_* variable reaches the CLI', async () => {
    const machine = await emptyMachine();
    const script = '#!/bin/sh\necho "temporal version ${TEMPORAL_ADDRESS:-clean} (Server 1.29.1)"\n';
    await writeProgram(join(machine.bin, 'temporal'), script);
    expect((await machine.find({ TEMPORAL_ADDRESS: 'leaked' })).version).toBe('clean (Server 1.29.1)');
  });
});

describe.skipIf(windows)('the download', () => {
  test('is checked, run once, kept in the cache and found there the next time', async () => {
    const machine = await emptyMachine();
    const { name, archive } = await releaseWith(cliScript('1.5.1'));
    const mirror = await serve({ [name]: archive });
    const found = await machine.find({ GRAFT_TEMPORAL_CLI_MIRROR: `${mirror}/` });
    const path = cachedCliPath(machine.environment);
    expect(found).toEqual({ path, version: '1.5.1 (Server 1.29.1)', from: 'download' });
    expect(machine.announcements[0]).toEqual({
      kind: 'step',
      text: `Downloading the Temporal CLI 1.5.1 from ${mirror}/${name}`,
    });
    expect(await leftovers(machine)).toEqual(['temporal']);
    expect((await machine.find()).from).toBe('cache');
  });

  test('with another checksum is refused and never run', async () => {
    const machine = await emptyMachine();
    const ran = join(machine.bin, 'ran');
    const { name, archive } = await releaseWith(`#!/bin/sh\nmkdir -p ${ran}\n${cliScript('1.5.1')}`);
    pin(name, '0'.repeat(64));
    const mirror = await serve({ [name]: archive });
    const failure = machine.find({ GRAFT_TEMPORAL_CLI_MIRROR: mirror, GRAFT_NO_GO_BUILD: '1' });
    await expect(failure).rejects.toThrow(`expected ${'0'.repeat(64)}: it was not used`);
    await expect(readdir(ran)).rejects.toThrow('ENOENT');
    expect(await leftovers(machine)).toEqual([]);
  });

  test('without the binary in it, or cut short, or missing says so', async () => {
    const machine = await emptyMachine();
    const { name, archive } = await releaseWith(cliScript('1.5.1'), 'something-else');
    const attempts = [
      [{ [name]: archive }, 'the archive has no readable "temporal"'],
      [{ [name]: 'cut' }, `${name} failed (UND_ERR_SOCKET)`],
      [{}, `${name} was answered with HTTP 404`],
    ] as const;
    for (const [files, message] of attempts) {
      const mirror = await serve(files);
      const failure = machine.find({ GRAFT_TEMPORAL_CLI_MIRROR: mirror, GRAFT_NO_GO_BUILD: '1' });
      await expect(failure).rejects.toThrow(message);
      expect(await leftovers(machine)).toEqual([]);
    }
  });

  test('is aborted with the reason given, and leaves nothing', async () => {
    const machine = await emptyMachine();
    const mirror = await serve({ [archiveName() ?? '']: 'hang' });
    const abort = new AbortController();
    const reason = new Error('Ctrl-C');
    const finding = machine.find({ GRAFT_TEMPORAL_CLI_MIRROR: mirror }, abort.signal);
    await expect.poll(() => machine.announcements.length).toBeGreaterThan(1);
    abort.abort(reason);
    await expect(finding).rejects.toBe(reason);
    expect(await leftovers(machine)).toEqual([]);
  });

  test('of several processes at once happens once', async () => {
    const machine = await emptyMachine();
    const { name, archive } = await releaseWith(cliScript('1.5.1'));
    const mirror = await serve({ [name]: archive });
    const found = await Promise.all([1, 2, 3].map(() => machine.find({ GRAFT_TEMPORAL_CLI_MIRROR: mirror })));
    expect(found.map(({ from }) => from).sort()).toEqual(['cache', 'cache', 'download']);
  });
});

test('a checksum is read from the line that names the archive, and from no other', () => {
  const [one, two] = ['1'.repeat(64), '2'.repeat(64)];
  const list = `${one}  temporal_cli_a.zip\n${two}  temporal_cli_a.tar.gz\nabc  short.zip\n`;
  expect(findChecksum(list, 'temporal_cli_a.tar.gz')).toBe(two);
  expect(() => findChecksum(list, 'a.zip')).toThrow('does not name a.zip');
  expect(() => findChecksum(list, 'short.zip')).toThrow('does not name short.zip');
});

describe.skipIf(windows)('the build with Go', () => {
  /** A `go` that writes what it was asked into the binary that it "builds". */
  const fakeGo = (ending: string): string =>
    `#!/bin/sh\nmkdir -p "$GOBIN" "$GOMODCACHE"\n` +
    `echo "go: downloading go.temporal.io/api v1.0.0" >&2\necho "internal/goarch" >&2\n` +
    `echo "$GOPATH|$GOFLAGS|$GOPROXY|$*" > "$GRAFT_CACHE/asked"\n${ending}`;
  const makesCli = `cat > "$GOBIN/temporal" <<'END'\n${cliScript('1.5.1')}END\n`;

  test('follows a failed download, with caches of its own that are gone afterwards', async () => {
    const machine = await emptyMachine();
    await writeProgram(join(machine.bin, 'go'), fakeGo(makesCli));
    const found = await machine.find({ GOFLAGS: '-p=1', GOPROXY: 'https://proxy.example' });
    expect(found).toMatchObject({ from: 'go build', version: '1.5.1 (Server 1.29.1)' });
    const asked = await readFile(join(machine.environment['GRAFT_CACHE'] ?? '', 'asked'), 'utf8');
    const [goPath = '', flags, proxy, command] = asked.trim().split('|');
    expect(goPath.startsWith(machine.environment['GRAFT_CACHE'] ?? '?')).toBe(true);
    expect([flags, proxy]).toEqual(['-p=1 -modcacherw', 'https://proxy.example']);
    expect(command).toMatch(/^install -v .* github\.com\/temporalio\/cli\/cmd\/temporal@v1\.5\.1$/);
    expect(machine.announcements.map(({ kind }) => kind)).toEqual([
      'step',
      'failed',
      'step',
      'progress',
      'progress',
    ]);
    expect(machine.announcements.at(-1)?.text).toBe('1 modules fetched, 1 of about 1300 packages compiled');
    expect(await leftovers(machine)).toEqual(['temporal']);
  });

  test('is not done where GRAFT_NO_GO_BUILD=1 forbids it; the end says what failed and what to install', async () => {
    const machine = await emptyMachine();
    await writeProgram(join(machine.bin, 'go'), fakeGo(makesCli));
    const failure = await machine.find({ GRAFT_NO_GO_BUILD: '1' }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TemporalCliMissing);
    const lines = (failure as Error).message.split('\n');
    expect(lines).toEqual([
      expect.stringContaining('No Temporal CLI was found'),
      '  - there is no `temporal` on the PATH',
      expect.stringContaining('  - the cache has none yet'),
      expect.stringMatching(/^ {2}- the download of http:.* failed \(ECONNREFUSED\)$/),
      '  - building it with Go is switched off by GRAFT_NO_GO_BUILD=1',
      expect.stringContaining('Install version 1.5.1 or newer'),
    ]);
    expect(await leftovers(machine)).toEqual([]);
  });

  test('that fails repeats what the compiler said last', async () => {
    const machine = await emptyMachine();
    await writeProgram(join(machine.bin, 'go'), fakeGo('echo "go.mod requires go >= 9.9" >&2\nexit 1\n'));
    await expect(machine.find()).rejects.toThrow(
      /`go install .*` ended with 1: .*go\.mod requires go >= 9\.9/,
    );
    expect(await leftovers(machine)).toEqual([]);
  });

  test('is ended by an abort together with everything that it started', async () => {
    const machine = await emptyMachine();
    const started = join(machine.environment['GRAFT_CACHE'] ?? '', 'pid');
    await writeProgram(join(machine.bin, 'go'), fakeGo(`sleep 60 &\necho $! > ${started}\nwait\n`));
    const abort = new AbortController();
    const finding = machine.find({}, abort.signal);
    const pid = (): Promise<number> => readFile(started, 'utf8').then(Number, () => 0);
    await expect.poll(pid).toBeGreaterThan(0);
    const compiler = await identifyProcess(await pid());
    expect(await isRunning(compiler)).toBe(true);
    abort.abort(new Error('Ctrl-C'));
    await expect(finding).rejects.toThrow('Ctrl-C');
    await expect.poll(() => isRunning(compiler), { timeout: 10_000 }).toBe(false);
    expect(await leftovers(machine)).toEqual([]);
  });
});
