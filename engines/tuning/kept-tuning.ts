import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Backbone } from '../../backbones/backbone.js';
import { describeEngine } from '../choice/describe-engine.js';
import { ENGINE_KINDS, type EngineKind } from '../choice/engine-kind.js';
import type { KeptEngineOptions } from '../choice/engine-options.js';
import type { Setting } from './setting.js';

/** What a choice holds for; with anything else it is made anew. */
const keySchema = z.object({
  fingerprint: z.string(),
  engine: z.enum(ENGINE_KINDS),
  /** Library that runs the network, and its version. */
  engineVersion: z.string(),
  cpu: z.string(),
  cores: z.int().positive(),
});

const count = z.int().min(1).max(4_096);

const keptSchema = z.object({
  formatVersion: z.literal(1),
  ...keySchema.shape,
  setting: z.object({
    sessions: count,
    threads: count,
    decoders: count,
    tensors: count,
    spareThreads: z.int().min(0).max(4_096),
    spinning: z.boolean(),
    microBatch: count.optional(),
  }),
  /** What the setting reached when it was measured. */
  imagesPerSecond: z.number().optional(),
});

export type TuningKey = z.infer<typeof keySchema>;

/**
 * What a choice for this backbone, engine and machine is kept under.
 *
 * @throws EngineUnavailable where the engine's library is not installed.
 */
export function tuningKey({ fingerprint }: Pick<Backbone, 'fingerprint'>, engine: EngineKind): TuningKey {
  return {
    fingerprint,
    engine,
    engineVersion: describeEngine({ engine, threads: 1 }).version,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
  };
}

/** `<cacheFolder>/tuning/<fingerprint>-<engine>-<machine>.json`: machines that share a cache each have their own. */
export function tuningFile(cacheFolder: string, key: TuningKey): string {
  const { fingerprint, engine } = key;
  const machine = createHash('sha256').update(`${key.engineVersion}\n${key.cpu}\n${key.cores}`).digest('hex');
  return join(cacheFolder, 'tuning', `${fingerprint.slice(0, 12)}-${engine}-${machine.slice(0, 8)}.json`);
}

/** The kept choice; `undefined` where there is none, or it is damaged or another machine's. */
export function recallTuning(cacheFolder: string, key: TuningKey): KeptEngineOptions | undefined {
  const kept = readKept(cacheFolder, key);
  if (kept === undefined) return undefined;
  const { microBatch, ...setting } = kept.setting;
  return { ...setting, ...(microBatch !== undefined && { microBatch }) };
}

/** Images a second that the kept choice reached; `undefined` where there is none, or an older Graft kept it. */
export const recallSpeed = (cacheFolder: string, key: TuningKey): number | undefined =>
  readKept(cacheFolder, key)?.imagesPerSecond;

function readKept(cacheFolder: string, key: TuningKey): z.infer<typeof keptSchema> | undefined {
  try {
    const kept = keptSchema.parse(JSON.parse(readFileSync(tuningFile(cacheFolder, key), 'utf8')));
    return keySchema.keyof().options.every((part) => kept[part] === key[part]) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a choice in one piece, in place of an earlier one. */
export async function keepTuning(
  cacheFolder: string,
  key: TuningKey,
  setting: Setting,
  imagesPerSecond?: number,
): Promise<string> {
  const file = tuningFile(cacheFolder, key);
  await mkdir(dirname(file), { recursive: true });
  const part = `${file}.${randomUUID()}.part`;
  const kept = { formatVersion: 1, ...key, setting, imagesPerSecond } satisfies z.infer<typeof keptSchema>;
  await writeFile(part, `${JSON.stringify(kept, undefined, 2)}\n`);
  await rename(part, file);
  return file;
}

/** Forgets a choice; whether there was a file. */
export async function forgetTuning(cacheFolder: string, key: TuningKey): Promise<boolean> {
  try {
    await rm(tuningFile(cacheFolder, key));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
