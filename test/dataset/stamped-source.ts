import type { DatasetSource } from '../../dataset/source.js';

/** A file in memory, and the state that its source says it is in. */
export interface StampedFile {
  readonly bytes: Uint8Array;
  readonly stamp?: string;
}

/** A source whose next listing is compared with its last; `read` collects the paths of the files that were read. */
export function stampedSource(
  files: Readonly<Record<string, StampedFile>>,
  { read = [] as string[], identity = 'a test' } = {},
): DatasetSource {
  return {
    description: 'memory',
    identity,
    // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous
    files: async function* () {
      for (const [path, { bytes, stamp }] of Object.entries(files))
        yield {
          ...{ path, size: bytes.length, stamp },
          read: () => {
            read.push(path);
            return Promise.resolve(bytes);
          },
        };
    },
    emptyFolders: () => [],
    close: () => Promise.resolve(),
  };
}

/** All files in one state. */
export const stamped = (
  files: Readonly<Record<string, Uint8Array>>,
  stamp = '1',
): Record<string, StampedFile> =>
  Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path, { bytes, stamp }]));
