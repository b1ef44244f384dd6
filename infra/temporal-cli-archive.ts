import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** The real binary has 252 MB; an archive that unpacks to more than this is a bomb. */
const MAX_BINARY_BYTES = 1024 * 1024 * 1024;

/**
 * Writes the one member `name` of a .tar.gz to `file`.
 *
 * The system's `tar` (there on Linux, macOS and Windows 10 or newer) prints the member to its output instead of
 * unpacking, so no path, link or mode inside the archive can have any effect.
 */
export async function extractFromTarGz(
  archive: string,
  name: string,
  file: string,
  signal?: AbortSignal,
): Promise<void> {
  const options = signal === undefined ? {} : { signal };
  const tar = spawn('tar', ['-xOf', '-', name], {
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
    ...options,
  });
  const ended = once(tar, 'close');
  try {
    await Promise.all([
      ended,
      // tar may hang up once it has its member: that is no error of the archive.
      pipeline(createReadStream(archive), createGunzip(), tar.stdin, options).catch(ignoreBrokenPipe),
      pipeline(tar.stdout, refuseMoreThan(MAX_BINARY_BYTES), createWriteStream(file), options),
    ]);
    if (tar.exitCode !== 0)
      throw new Error(`tar ended with ${String(tar.exitCode)}: the archive has no readable "${name}"`);
  } finally {
    tar.kill();
  }
}

function ignoreBrokenPipe(error: unknown): void {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code !== 'EPIPE' && code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
}

function refuseMoreThan(limit: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.length;
      done(bytes > limit ? new Error(`it unpacks to more than ${limit} bytes`) : null, chunk);
    },
  });
}
