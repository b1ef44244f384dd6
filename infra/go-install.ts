import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Environment } from './environment.js';

export interface GoInstall {
  /** The `go` program. */
  readonly go: string;
  /** `<package>@<version>` */
  readonly module: string;
  readonly linkerFlags: string;
  /** How many packages there are to compile, roughly: for the progress alone. */
  readonly packages: number;
  /** Holds every cache of the build and `bin/`; the caller removes it. */
  readonly folder: string;
  readonly environment: Environment;
  readonly signal?: AbortSignal | undefined;
  /** Called for every module fetched and every package compiled. */
  readonly onProgress: (text: string) => void;
}

/** How many of the compiler's last lines an error repeats. */
const KEPT_LINES = 5;

/**
 * `go install` into `<folder>/bin`, with every cache in `folder`, so that the user's own stay as they were.
 *
 * The user's GOPROXY, GOFLAGS, GONOSUMDB and the rest apply. Throws an error that completes "`go install` …".
 */
export async function buildWithGo(options: GoInstall): Promise<void> {
  const { go, module, linkerFlags, signal } = options;
  signal?.throwIfAborted();
  const child = spawn(go, ['install', '-v', '-ldflags', linkerFlags, module], {
    cwd: options.folder,
    env: goEnvironment(options),
    stdio: ['ignore', 'ignore', 'pipe'],
    // Its own process group: compilers that it started end with it.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const abort = (): void => stopGroup(child);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    const [last] = await Promise.all([followOutput(child, options), once(child, 'close')]);
    signal?.throwIfAborted();
    if (child.exitCode !== 0)
      throw new Error(`ended with ${String(child.exitCode)}: ${last.join(' / ') || 'it said nothing'}`);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

function goEnvironment({ environment, folder }: GoInstall): NodeJS.ProcessEnv {
  // The binary is for this machine, wherever the user usually builds for.
  const { GOOS: _system, GOARCH: _processor, ...inherited } = environment;
  return {
    ...inherited,
    GOPATH: join(folder, 'path'),
    GOMODCACHE: join(folder, 'modules'),
    GOCACHE: join(folder, 'objects'),
    GOBIN: join(folder, 'bin'),
    GOTMPDIR: folder,
    // As the release is built: no C compiler needed.
    CGO_ENABLED: '0',
    // Go makes its module cache read-only, which would outlive its removal.
    GOFLAGS: `${environment['GOFLAGS'] ?? ''} -modcacherw`.trim(),
  };
}

async function followOutput(
  child: ChildProcess,
  { packages, onProgress }: GoInstall,
): Promise<readonly string[]> {
  if (child.stderr === null) return [];
  const last: string[] = [];
  let fetched = 0;
  let compiled = 0;
  for await (const line of createInterface({ input: child.stderr })) {
    if (line.startsWith('go: downloading ')) fetched += 1;
    else if (/^[\w.-]+(\/[\w.~-]+)*$/.test(line)) compiled += 1; // -v names each package once it is compiled
    last.push(line);
    if (last.length > KEPT_LINES) last.shift();
    onProgress(`${fetched} modules fetched, ${compiled} of about ${packages} packages compiled`);
  }
  return last;
}

function stopGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined && process.platform !== 'win32') process.kill(-child.pid, 'SIGKILL');
    else child.kill('SIGKILL');
  } catch {
    // It has ended already.
  }
}
