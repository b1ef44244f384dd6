import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { resolveBackbone } from '../backbones/registry.js';
import { openZipSource } from '../dataset/zip-source.js';
import { resolveEngineOptions } from '../engines/engine-options.js';
import { findTemporalCli } from '../infra/temporal-cli.js';
import { startTemporalServer } from '../infra/temporal-server.js';
import { packageRoot } from '../runs/package-root.js';
import { PIPELINE_QUEUE } from '../runs/task-queues.js';
import { createFileStore } from '../storage/file-store.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { Progress } from '../workflows/progress.js';

const ROUNDS = 5;
const USAGE = 'npm run bench -- pipeline <Food-5K-full-300.zip> [<another.zip>…]';

/** What one pass did. */
interface Pass {
  readonly images: number;
  readonly seconds: number;
}

/**
 * The whole extraction stage (Temporal, store and Parquet included) in images a second, beside a bare loop of sharp and
 * onnxruntime over the same pictures with the same threads and micro-batches, in pairs; and the peak memory of the worker
 * and its child.
 */
export async function run(zips: readonly string[]): Promise<void> {
  if (zips.length === 0) throw new Error(`expected the path of a zip of pictures: ${USAGE}`);
  for (const zip of zips) await measureZip(zip);
}

async function measureZip(zip: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'graft-bench-'));
  const ownCli = await findTemporalCli({ announce: ({ text }) => console.error(text) });
  const server = await startTemporalServer({
    cli: ownCli,
    dataFolder: join(folder, 'server'),
    database: 'memory',
    announce: () => undefined,
  });
  const worker = await startWorker(server.address, folder);
  const connection = await Connection.connect({ address: server.address });
  try {
    const pictures = await unpack(zip, join(folder, 'pictures'));
    const client = new Client({ connection });
    const store = createFileStore(join(folder, 'store'));
    await extractAll(client, store, folder);
    console.log(`${basename(zip)}: ${pictures.length} pictures, ${ROUNDS} pairs after a warm-up`);
    const processes = (): readonly number[] => [server.pid, ...withChildren(worker)];
    const ratios: number[] = [];
    let spentLast: readonly number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const before = processorSeconds(processes());
      const pass = await extractAll(client, store, folder);
      const spent = processorSeconds(processes()).map((seconds, at) => seconds - (before[at] ?? 0));
      const whole = speedOf(pass);
      const bare = speedOf(await runBareLoop(pictures));
      ratios.push(whole / bare);
      spentLast = spent;
      console.log(
        `  whole stage ${whole.toFixed(1)} images/s   bare loop ${bare.toFixed(1)} images/s   ratio ${(whole / bare).toFixed(3)}`,
      );
    }
    console.log(`  processor ms a picture, last whole run: ${describeShares(spentLast, pictures.length)}`);
    console.log(`  median ratio ${median(ratios).toFixed(3)}   ${describeMemory(worker)}`);
  } finally {
    worker.kill();
    await connection.close();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const speedOf = ({ images, seconds }: Pass): number => images / seconds;

/** `<class>/<file>`: the class is the first digit of the name, as in Food-5K. Returns the files. */
async function unpack(zip: string, folder: string): Promise<readonly string[]> {
  const source = await openZipSource(zip, { shown: zip });
  const files: string[] = [];
  for await (const file of source.files()) {
    const name = basename(file.path);
    if (!/\.jpe?g$/i.test(name)) continue;
    const path = join(folder, `class-${name[0] ?? ''}`, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, await file.read());
    files.push(path);
  }
  await source.close();
  return files;
}

/** `graft worker` as an operator runs it. */
async function startWorker(address: string, folder: string): Promise<ChildProcess> {
  const worker = spawn(
    process.execPath,
    [join(packageRoot, 'bin/graft.js'), 'worker', '--store', join(folder, 'store'), '--allow', folder],
    { env: { ...process.env, TEMPORAL_ADDRESS: address }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(worker.stdout, 'data');
  return worker;
}

/** One run from the kept pictures with all features forgotten; its extraction stage, receipt included. */
async function extractAll(client: Client, store: ObjectStore, folder: string): Promise<Pass> {
  for await (const { key } of store.list('features/')) await store.delete(key);
  const handle = await client.workflow.start('transferLearning', {
    taskQueue: PIPELINE_QUEUE,
    workflowId: `bench-${Date.now()}`,
    args: [{ dataset: 'bench', source: join(folder, 'pictures') }],
  });
  await handle.result();
  const { extraction, stages } = await handle.query<Progress>('progress');
  return { images: extraction.done, seconds: stages.extract.seconds ?? Number.NaN };
}

async function runBareLoop(pictures: readonly string[]): Promise<Pass> {
  const { file } = await resolveBackbone('efficientnet-lite0');
  const { microBatch } = resolveEngineOptions();
  const script = join(packageRoot, 'dist/bench/baselines/bare-loop.js');
  const loop = spawn(process.execPath, [script, file, String(availableParallelism()), String(microBatch)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  loop.stdin.end(pictures.join('\n'));
  let output = '';
  for await (const chunk of loop.stdout) output += String(chunk);
  return JSON.parse(output) as Pass;
}

/** The worker and the processes that it has started. */
function withChildren({ pid = 0 }: ChildProcess): readonly number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean);
    return [pid, ...children.map(Number)];
  } catch {
    return [pid];
  }
}

/** User and system time of each process so far, in seconds; NaN where Linux does not tell. */
function processorSeconds(pids: readonly number[]): readonly number[] {
  return pids.map((pid) => {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / 100;
    } catch {
      return Number.NaN;
    }
  });
}

function describeShares(seconds: readonly number[], images: number): string {
  const names = ['Temporal server', 'worker', 'extractor'];
  return seconds
    .map((each, at) => `${names[at] ?? 'other'} ${((each / images) * 1_000).toFixed(1)}`)
    .join(', ');
}

/** Peak resident memory of the worker and of the processes that it has started, from Linux's own accounting. */
function describeMemory(worker: ChildProcess): string {
  try {
    const megabytes = withChildren(worker).map((id) => {
      const status = readFileSync(`/proc/${id}/status`, 'utf8');
      return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) / 1_024;
    });
    const sum = megabytes.reduce((total, each) => total + each, 0);
    return `peak memory of worker + child ${megabytes.map((each) => each.toFixed(0)).join(' + ')} = ${sum.toFixed(0)} MB`;
  } catch {
    return 'peak memory not measured (needs Linux)';
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
