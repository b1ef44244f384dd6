import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import getPort from 'get-port';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { ENGINE_KINDS } from '../../engines/choice/engine-kind.js';
import { graftSearchAttributes } from '../../infra/search-attributes.js';
import { startTemporalServer } from '../../infra/temporal-server.js';
import { needs, testWith } from '../support/needs.js';
import { temporaryFolder } from '../support/temporary-folder.js';

// There may be no Docker engine where the tests run: what the containers would do is done without them.

interface Service {
  readonly image?: string;
  readonly build?: { readonly dockerfile: string; readonly target?: string };
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly restart?: string;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const run = promisify(execFile);
const compose = parse(await readFile('docker-compose.yml', 'utf8'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
};
const services = Object.entries(compose.services);

/** A Dockerfile's stages, each from its FROM on. */
const readStages = async (file: string): Promise<readonly string[]> =>
  (await readFile(file, 'utf8')).split(/^(?=FROM )/m).filter((stage) => stage.startsWith('FROM '));

/** The images that a Dockerfile starts from, without its own stages. */
async function readBases(file: string): Promise<readonly string[]> {
  const stages = await readStages(file);
  const names = stages.map((stage) => /^FROM \S+ AS (\S+)/.exec(stage)?.[1]);
  return stages.map((stage) => /^FROM (\S+)/.exec(stage)?.[1] ?? '').filter((base) => !names.includes(base));
}

function service(name: string): Service {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
}

/** A word of the compose file as the container would get it, on this machine's ports and folders. */
function substitute(word: string, replacements: Readonly<Record<string, string>>): string {
  const interpolated = word.replaceAll(
    /\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}/g,
    (_, name: string, otherwise: string | undefined) => replacements[`$${name}`] ?? otherwise ?? '',
  );
  return Object.entries(replacements).reduce((text, [from, to]) => text.replaceAll(from, to), interpolated);
}

function start(
  path: string,
  words: readonly string[],
  replacements: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  const child = spawn(
    path,
    words.map((word) => substitute(word, replacements)),
    {
      stdio: 'ignore',
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        ...Object.fromEntries(
          Object.entries(environment).map(([name, value]) => [name, substitute(value, replacements)]),
        ),
      },
    },
  );
  onTestFinished(async () => {
    if (child.exitCode === null && child.kill('SIGKILL')) await once(child, 'exit');
  });
  return child;
}

test('every image is pinned by a version, in the compose file and in the Dockerfiles', async () => {
  const images = services.filter(([, { build }]) => build === undefined).map(([, { image }]) => image ?? '');
  const bases = (await Promise.all(['infra/Dockerfile', 'infra/Dockerfile.gpu'].map(readBases))).flat();
  expect(images.length).toBe(2);
  expect(bases.length).toBe(6);
  for (const image of [...images, ...bases]) expect(image).toMatch(/^[\w./-]+:v?\d+\.\d+\.\d+(-[\w.-]+)?$/);
});

test('every published port is on loopback alone', () => {
  const ports = services.flatMap(([, { ports = [] }]) => ports);
  expect(ports.length).toBe(3);
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
});

test('every secret comes from the environment, and .env.example names them all without a value', async () => {
  const secrets = services.flatMap(([, { environment = {} }]) =>
    Object.entries(environment).filter(([name]) => /KEY/.test(name)),
  );
  expect(secrets.length).toBe(8);
  for (const [, value] of secrets) expect(value).toMatch(/^\$\{GRAFT_S3_(ACCESS|SECRET)_KEY:\?.+\}$/);
  const example = await readFile('.env.example', 'utf8');
  expect(example).toMatch(/^GRAFT_S3_ACCESS_KEY=$/m);
  expect(example).toMatch(/^GRAFT_S3_SECRET_KEY=$/m);
  expect(await readFile('.gitignore', 'utf8')).toMatch(/^\.env$/m);
  expect(await readFile('.dockerignore', 'utf8')).toMatch(/^\.env$/m);
});

test('every service tells its health, and waits for what has one', () => {
  for (const [name, { healthcheck, depends_on: dependencies = {}, restart }] of services) {
    if (healthcheck?.disable === true) expect([name, restart]).toEqual([name, 'no']);
    else expect(healthcheck?.test?.[0]).toBe('CMD');
    for (const [other, { condition }] of Object.entries(dependencies)) {
      const once_ = service(other).healthcheck?.disable === true;
      expect(condition).toBe(once_ ? 'service_completed_successfully' : 'service_healthy');
    }
  }
});

test('every volume that is mounted is declared', () => {
  const mounted = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0]));
  expect(mounted.sort()).toEqual(Object.keys(compose.volumes).sort());
});

test.each(['worker', 'gpu-worker'])(
  'the image of %s is built from a file that exists, and does not run as root',
  async (name) => {
    const stages = await readStages(service(name).build?.dockerfile ?? '');
    const images = stages.filter((stage) => stage.includes('ENTRYPOINT'));
    expect(images).toHaveLength(name === 'worker' ? 1 : 2);
    for (const image of images) {
      expect(image.match(/^USER .*$/gm)).toEqual(['USER node']);
      expect(image).toContain('ENTRYPOINT ["node", "bin/graft.js"]');
    }
  },
);

test('the images for GPUs copy from stages that exist, and are chosen by the name of an engine', async () => {
  const stages = await readStages('infra/Dockerfile.gpu');
  const names = stages.map((stage) => /^FROM \S+ AS (\S+)/.exec(stage)?.[1]);
  for (const [at, stage] of stages.entries())
    for (const [, source] of stage.matchAll(/--from=(\S+)/g)) expect(names.slice(0, at)).toContain(source);
  const [byDefault] = /(?<=:-)[\w-]+/.exec(service('gpu-worker').build?.target ?? '') ?? [];
  const engines = stages.flatMap((stage) => /GRAFT_ENGINE=(\S+)/.exec(stage)?.[1] ?? []);
  expect(engines).toContain(byDefault);
  for (const engine of engines) {
    expect(ENGINE_KINDS).toContain(engine);
    expect(stages.find((stage) => stage.includes(`GRAFT_ENGINE=${engine}`))).toContain(` AS ${engine}\n`);
  }
});

testWith(
  [needs.temporalCli],
  "Temporal's command starts a server that its health check finds well and that knows the search attributes",
  async ([path = '']) => {
    const data = await temporaryFolder();
    const [port, uiPort] = [await getPort(), await getPort()];
    const here = { '0.0.0.0': '127.0.0.1', '/data': data, '7233': String(port), '8233': String(uiPort) };
    const { command = [], healthcheck } = service('temporal');
    start(path, command, here);
    const [, program, ...words] = healthcheck?.test ?? [];
    expect(program).toBe('temporal');
    const check = words.map((word) => substitute(word, here));
    await expect
      .poll(() => run(path, check).then(({ stdout }) => stdout.trim(), String), { timeout: 20_000 })
      .toBe('SERVING');
    const address = `127.0.0.1:${port}`;
    const { stdout } = await run(path, ['operator', 'search-attribute', 'list', '--address', address]);
    for (const [name, type] of Object.entries(graftSearchAttributes))
      expect(stdout).toMatch(new RegExp(`${name}\\s+${type}`));
    expect((await fetch(`http://127.0.0.1:${uiPort}`)).status).toBe(200);
  },
);

testWith(
  [needs.versitygw, needs.temporalCli],
  'the store, the bucket step and the worker start one after the other, each found well by its health check',
  async ([versitygw = '', path = '']) => {
    const data = await temporaryFolder();
    // A server of its own: this worker must not take the tasks of other tests.
    const temporal = await startTemporalServer({
      cli: { path },
      dataFolder: join(data, 'temporal'),
      database: 'memory',
      announce: () => undefined,
    });
    onTestFinished(() => temporal.stop());
    const port = String(await getPort());
    const here = {
      '/data': join(data, 's3'),
      $GRAFT_S3_ACCESS_KEY: 'graft',
      $GRAFT_S3_SECRET_KEY: 'a secret of the test',
      'http://s3:': 'http://127.0.0.1:',
      '7070': port,
      'temporal:7233': temporal.address,
    };
    await mkdir(join(data, 's3'));
    const store = service('s3');
    start(versitygw, store.command ?? [], here, store.environment);
    const health = substitute(store.healthcheck?.test?.at(-1) ?? '', here);
    await expect
      .poll(
        () =>
          fetch(health).then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 20_000 },
      )
      .toBe(200);

    const bucket = service('bucket');
    const words = [...(bucket.entrypoint ?? []), ...(bucket.command ?? [])].slice(1);
    for (const _attempt of ['created', 'there already']) {
      const step = start(process.execPath, words.map(absolute), here, bucket.environment);
      expect(await once(step, 'exit')).toEqual([0, null]);
    }

    const worker = service('worker');
    const check = (worker.healthcheck?.test ?? []).slice(2).map(absolute);
    const checkHealth = async (): Promise<unknown> => {
      const [code] = (await once(
        start(process.execPath, check, here, worker.environment),
        'exit',
      )) as unknown[];
      return code;
    };
    expect(await checkHealth()).toBe(1);
    start(process.execPath, [resolve('bin/graft.js'), ...(worker.command ?? [])], here, {
      ...worker.environment,
      GRAFT_CACHE: join(data, 'cache'),
    });
    await expect.poll(checkHealth, { timeout: 60_000, interval: 500 }).toBe(0);
  },
  120_000,
);

const absolute = (word: string): string => (word.startsWith('dist/') ? resolve(word) : word);
