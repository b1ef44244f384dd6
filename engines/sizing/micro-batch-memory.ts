import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Sha256 } from '../../dataset/dataset.js';
import type { EngineKind } from '../choice/engine-kind.js';

/** What a measured size holds for. */
export interface MicroBatchKey {
  /** Of the backbone's file. */
  readonly sha256: Sha256;
  readonly engine: EngineKind;
  readonly device: string;
}

/** Keeps one size between starts. */
export interface MicroBatchMemory {
  /** The size that was kept; `undefined` where there is none. */
  recall(): Promise<number | undefined>;
  /** Never rejects: what cannot be kept is measured again. */
  remember(size: number): Promise<void>;
}

/**
 * Opens the memory of a backbone on a device: one entry of `<cacheFolder>/micro-batches.json`. Two processes that write
 * at once may lose an entry, which is then measured again; a damaged file counts as empty.
 *
 * @param cacheFolder without one, nothing is kept.
 */
export function createMicroBatchMemory(
  cacheFolder: string | undefined,
  { sha256, engine, device }: MicroBatchKey,
): MicroBatchMemory {
  if (cacheFolder === undefined)
    return { recall: () => Promise.resolve(undefined), remember: () => Promise.resolve() };
  const file = join(cacheFolder, 'micro-batches.json');
  const key = `${sha256} ${engine} ${device}`;
  const write = async (size: number): Promise<void> => {
    const sizes = (await readSizes(file)).set(key, size);
    await writeSizes(file, sizes).catch(() => undefined);
  };
  let written = Promise.resolve();
  return {
    recall: async () => (await readSizes(file)).get(key),
    // One after the other: of two sizes the one that was told last stays.
    remember: (size) => (written = written.then(() => write(size))),
  };
}

async function readSizes(file: string): Promise<Map<string, number>> {
  try {
    const entries = Object.entries(JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>);
    return new Map(entries.filter((entry): entry is [string, number] => isSize(entry[1])));
  } catch {
    return new Map();
  }
}

const isSize = (value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1;

async function writeSizes(file: string, sizes: ReadonlyMap<string, number>): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const part = `${file}.${randomUUID()}.part`;
  await writeFile(part, `${JSON.stringify(Object.fromEntries(sizes), undefined, 2)}\n`);
  await rename(part, file);
}
