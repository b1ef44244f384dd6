import { open } from 'node:fs/promises';
import { HDF5_WEIGHTS } from '../../dataset/download-kind.js';
import { count } from '../../dataset/quote.js';
import { BadInput } from '../../errors/graft-error.js';

/**
 * Checks that a file is HDF5 and as long as its superblock says, which a cut download is not (HDF5 File Format
 * Specification 3.0, II.A "Format Signature and Superblock"). Bytes after the end are nobody's and do no harm.
 *
 * @param shown what a message calls the file.
 * @throws BadInput
 */
export async function assertHdf5(file: string, shown: string): Promise<void> {
  const { start, size } = await readStart(file, shown);
  if (start.toString('latin1', 0, HDF5_WEIGHTS.magic.length) !== HDF5_WEIGHTS.magic)
    throw new BadInput(
      `${shown} is not HDF5: expected weights that Keras wrote, a .h5 file. ${describeOther(start)}`,
    );
  const end = readEndOfFile(start);
  if (end === undefined || end > BigInt(size))
    throw new BadInput(
      `${shown} is cut off: expected ${end === undefined ? 'more' : count(Number(end))} bytes by its header, ` +
        `found ${count(size)}. Copy or download it again.`,
    );
}

async function readStart(file: string, shown: string): Promise<{ start: Buffer; size: number }> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(64), 0, 64, 0);
      return { start: buffer.subarray(0, bytesRead), size: (await handle.stat()).size };
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new BadInput(
      `${shown} cannot be read: expected a file of Keras weights (.h5). Check the path and its permissions.`,
      { cause },
    );
  }
}

function describeOther(start: Buffer): string {
  if (start.length === 0) return 'It is empty.';
  if (start.toString('latin1', 0, 2) === 'PK')
    return 'It is a zip file, perhaps a .keras archive: load it in Keras and call save_weights("….weights.h5").';
  return 'Check that it is the right file and no web page.';
}

/** The end-of-file address: after the versions, the sizes of numbers and, by version, other addresses. */
function readEndOfFile(start: Buffer): bigint | undefined {
  const version = start.length > 15 ? start.readUInt8(8) : 0;
  const isOld = version < 2;
  const bytesOfAddress = start.length > 15 ? start.readUInt8(isOld ? 13 : 9) : 8;
  const first = isOld ? (version === 1 ? 28 : 24) : 12;
  const at = first + 2 * bytesOfAddress;
  if (start.length < at + bytesOfAddress) return undefined;
  if (bytesOfAddress === 8) return start.readBigUInt64LE(at);
  return bytesOfAddress === 4 ? BigInt(start.readUInt32LE(at)) : 0n;
}
