import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { packageRoot } from '../runs/package-root.js';
import { keys } from '../storage/keys.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { Scene } from './scene.js';
import { isWhole } from './shard-damage.js';

/** What `graft verify` said. */
export interface Verification {
  readonly exitCode: number;
  /** Keys of the objects that it found missing or damaged. */
  readonly objects: readonly string[];
}

/** Runs the real `graft verify` on a completed run. */
export async function verifyByCommand(
  { store, environment }: Scene,
  runId: string,
  signal: AbortSignal,
): Promise<Verification> {
  const graft = join(packageRoot, 'bin/graft.js');
  const args = [graft, 'verify', runId, '--store', store, '--sample', '8', '--json'];
  const command = spawn(process.execPath, args, { env: { ...environment }, stdio: 'pipe', signal });
  const closed = once(command, 'close');
  let [stdout, complaints] = ['', ''];
  command.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  command.stderr.on('data', (text: Buffer) => (complaints += text.toString()));
  await closed;
  const exitCode = command.exitCode ?? Number.NaN;
  if (stdout === '') throw new Error(`graft verify ended with ${exitCode} and said: ${complaints}`);
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly { readonly object: string }[] };
  return { exitCode, objects: [...new Set(findings.map(({ object }) => object))] };
}

/** Deletes those of these shards that are there and do not read, as `graft verify` tells to. */
export async function deleteDamaged(
  { backDoor, deleteObject }: Scene,
  shards: readonly string[],
): Promise<void> {
  for (const key of new Set(shards)) {
    if ((await backDoor.head(key)) === undefined || (await isWhole(backDoor, key))) continue;
    await deleteObject(key);
  }
}

/** Pictures that a run planned to compute. */
export async function plannedImages(store: ObjectStore, runId: string): Promise<number> {
  const plan = JSON.parse(Buffer.from(await store.get(keys.runPlan(runId))).toString()) as { images: number };
  return plan.images;
}
