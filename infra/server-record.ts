import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { processIdentitySchema } from './process-lock.js';

/** One process that uses the server: `up` holds it open for others, `run` for one job. */
const userSchema = processIdentitySchema.extend({ lease: z.string(), kind: z.enum(['up', 'run']) });

const recordSchema = z.object({
  version: z.literal(1),
  server: processIdentitySchema,
  address: z.string().regex(/^127\.0\.0\.1:\d{1,5}$/),
  uiUrl: z.string().regex(/^http:\/\/127\.0\.0\.1:\d{1,5}$/),
  clusterId: z.string(),
  startedAt: z.string(),
  users: z.array(userSchema),
});

export type ServerUser = Readonly<z.infer<typeof userSchema>>;
export type ServerUse = ServerUser['kind'];

/** `server.json`: which server serves the folder's database, and who uses it. */
export type ServerRecord = Readonly<Omit<z.infer<typeof recordSchema>, 'users'>> & {
  readonly users: readonly ServerUser[];
};

const recordFile = (dataFolder: string): string => join(dataFolder, 'server.json');

/** The record, or `undefined` where there is none that can be understood. */
export async function readServerRecord(dataFolder: string): Promise<ServerRecord | undefined> {
  const content = await readFile(recordFile(dataFolder), 'utf8').catch(() => undefined);
  if (content === undefined) return undefined;
  try {
    return recordSchema.parse(JSON.parse(content));
  } catch {
    return undefined;
  }
}

/** Replaces the record in one step. Only for the holder of the folder's lock. */
export async function writeServerRecord(dataFolder: string, record: ServerRecord): Promise<void> {
  const temporary = `${recordFile(dataFolder)}.${randomUUID()}`;
  await writeFile(temporary, `${JSON.stringify(record, undefined, 2)}\n`);
  await rename(temporary, recordFile(dataFolder));
}

export const removeServerRecord = (dataFolder: string): Promise<void> =>
  rm(recordFile(dataFolder), { force: true });
