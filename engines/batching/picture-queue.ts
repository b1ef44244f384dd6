/** Where a picture lies on this machine, and which bytes it must have. */
export interface PictureFile {
  readonly path: string;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** The pictures of one call, as they become available. */
export interface PictureQueue {
  readonly count: number;
  /**
   * The same pictures as files. An extractor in another process may read them there itself and ask this queue only for
   * those that it cannot read, or whose bytes are others.
   */
  readonly files?: readonly PictureFile[] | undefined;
  /** The bytes of one picture; called at most once for each, in order where there are no files. A rejection ends the call. */
  read(index: number): Uint8Array | Promise<Uint8Array>;
}

/** What an extractor is given: pictures that are all there, or a queue that reads each when its turn comes. */
export type Pictures = readonly Uint8Array[] | PictureQueue;

export const asQueue = (pictures: Pictures): PictureQueue =>
  'read' in pictures ? pictures : queueOf(pictures);

/** Pictures that are all there. */
export function queueOf(pictures: readonly Uint8Array[]): PictureQueue {
  return {
    count: pictures.length,
    read: (index) => {
      const bytes = pictures[index];
      if (bytes === undefined) throw new RangeError(`There is no picture ${index} of ${pictures.length}.`);
      return bytes;
    },
  };
}
