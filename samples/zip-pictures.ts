import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

/** One file of the archive. */
export interface Picture {
  /** `<split>/<class>/<maker>-<name>.jpg` */
  readonly path: string;
  readonly bytes: Buffer;
}

/**
 * A zip of `pictures` in the order of their paths: the same pictures give the same bytes on every machine.
 *
 * JPEG does not shrink any further, so that the files are stored as they are. Every file is dated 1 January 2000 in DOS
 * time, which knows no time zone.
 */
export async function zipPictures(pictures: readonly Picture[], comment: string): Promise<Buffer> {
  const zip = new ZipFile();
  const sorted = [...pictures].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const { path, bytes } of sorted) {
    zip.addBuffer(bytes, path, {
      compress: false,
      mode: 0o100644,
      mtime: new Date(2000, 0, 1),
      forceDosTimestamp: true,
    });
  }
  zip.end({ comment, forceZip64Format: false });
  return buffer(zip.outputStream);
}
