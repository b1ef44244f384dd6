import type { FileHandle } from 'node:fs/promises';
import { RandomAccessReader } from 'yauzl';

/** Read at once: a zip's directory takes about 80 bytes per picture. */
const WINDOW = 1 << 18;

/**
 * Reads a zip's directory in large pieces: yauzl asks for two small ones per entry, and each read of a file costs a
 * thread's turn. For the directory only, not for entries' data.
 */
export class ReadAheadReader extends RandomAccessReader {
  readonly #handle: FileHandle;
  #window = Buffer.alloc(0);
  #start = 0;

  constructor(handle: FileHandle) {
    super();
    this.#handle = handle;
  }

  /** Calls back with the number of bytes read, fewer than `length` at the file's end. */
  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    this.#hold(position, length).then(
      () => {
        const at = position - this.#start;
        callback(null, this.#window.copy(buffer, offset, at, at + length));
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
    );
  }

  async #hold(position: number, length: number): Promise<void> {
    const end = this.#start + this.#window.length;
    if (position >= this.#start && position + length <= end) return;
    const window = Buffer.alloc(Math.max(WINDOW, length));
    const { bytesRead } = await this.#handle.read(window, 0, window.length, position);
    this.#window = window.subarray(0, bytesRead);
    this.#start = position;
  }
}
