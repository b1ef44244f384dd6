import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Validators } from './download-request.js';

const recordSchema = z.object({
  etag: z.string().optional(),
  lastModified: z.string().optional(),
  size: z.number().optional(),
});

/** What is kept beside a downloaded file, `<file>.json`: which version of the server's file it is. */
export interface DownloadRecord extends Validators {
  /** Bytes, of a complete file only. */
  readonly size?: number;
}

/** Reads the record beside a file, `undefined` where there is none that can be read. */
export async function readRecord(file: string): Promise<DownloadRecord | undefined> {
  try {
    const { etag, lastModified, size } = recordSchema.parse(
      JSON.parse(await readFile(`${file}.json`, 'utf8')),
    );
    return {
      ...(etag === undefined ? {} : { etag }),
      ...(lastModified === undefined ? {} : { lastModified }),
      ...(size === undefined ? {} : { size }),
    };
  } catch {
    return undefined;
  }
}

/** Writes the record beside a file, whole or not at all. */
export async function writeRecord(file: string, record: DownloadRecord): Promise<void> {
  const temporary = `${file}.json.tmp`;
  await writeFile(temporary, `${JSON.stringify(record)}\n`);
  await rename(temporary, `${file}.json`);
}
