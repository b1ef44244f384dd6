import { z } from 'zod';
import type { Sha256 } from '../dataset/dataset.js';
import { listObjects } from '../features/list-objects.js';
import { canonicalJson } from '../runs/canonical-json.js';
import { keys } from '../storage/keys.js';
import { ObjectNotFound, type ObjectStore } from '../storage/object-store.js';

/** Fewer images than this measure the start of an extractor rather than its speed. */
const FEWEST_IMAGES = 100;

const speedFile = z.object({
  engine: z.string(),
  runId: z.string(),
  /** ISO 8601, UTC. */
  measuredAt: z.string(),
  /** Distinct images that the run computed. */
  images: z.int().positive(),
  /** Over all workers together, pauses left out. */
  imagesPerSecond: z.number().positive(),
});

/** `features/<fingerprint>/speed/<engine>.json`: how fast the last large enough run was. */
export type SpeedRecord = Readonly<z.infer<typeof speedFile>>;

/** A speed with where it was measured. */
export interface MeasuredSpeed {
  readonly imagesPerSecond: number;
  readonly engine: string;
  /** The run that measured it; absent where `graft tune` did. */
  readonly runId?: string;
}

/** How long computing may take, and how that is known. */
export interface Prediction extends MeasuredSpeed {
  readonly seconds: number;
}

/** Keeps what a run measured, in place of an earlier one; a run of fewer than 100 images measured nothing. */
export async function recordSpeed(
  store: ObjectStore,
  fingerprint: Sha256,
  speed: SpeedRecord,
): Promise<void> {
  if (speed.images < FEWEST_IMAGES) return;
  await store.replace(keys.speed(fingerprint, speed.engine), Buffer.from(canonicalJson(speed)));
}

/**
 * The speed to predict with: of the newest run that measured one, else `tuned`, what `graft tune` kept on this machine.
 *
 * @param engine of which a speed is wanted; default: whichever ran last.
 */
export async function findSpeed(
  store: ObjectStore,
  fingerprint: Sha256,
  engine?: string,
  tuned?: MeasuredSpeed,
): Promise<MeasuredSpeed | undefined> {
  const found = await listObjects(store, keys.speeds(fingerprint));
  const records = (await Promise.all(found.map(({ key }) => readSpeed(store, key)))).flat();
  const [newest] = records
    .filter((record) => engine === undefined || record.engine === engine)
    .sort((a, b) => (a.measuredAt < b.measuredAt ? 1 : -1));
  if (newest === undefined) return tuned;
  return { imagesPerSecond: newest.imagesPerSecond, engine: newest.engine, runId: newest.runId };
}

/** Seconds for so many images; `undefined` where no speed is known. */
export const predict = (images: number, speed: MeasuredSpeed | undefined): Prediction | undefined =>
  speed === undefined ? undefined : { ...speed, seconds: images / speed.imagesPerSecond };

/** None where it is gone or damaged: it only predicts. */
async function readSpeed(store: ObjectStore, key: string): Promise<readonly SpeedRecord[]> {
  try {
    return [speedFile.parse(JSON.parse(Buffer.from(await store.get(key)).toString()))];
  } catch (error) {
    if (error instanceof ObjectNotFound || error instanceof SyntaxError || error instanceof z.ZodError)
      return [];
    throw error;
  }
}
