import type { DatasetSource } from '../../dataset/source.js';

/** A source of the given files, in the order of their keys as given. */
export function memorySource(
  files: Readonly<Record<string, Uint8Array>>,
  emptyFolders: readonly string[] = [],
): DatasetSource {
  return {
    description: 'memory',
    // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous
    files: async function* () {
      for (const [path, bytes] of Object.entries(files))
        yield { path, size: bytes.length, read: () => Promise.resolve(bytes) };
    },
    emptyFolders: () => emptyFolders,
    close: () => Promise.resolve(),
  };
}
