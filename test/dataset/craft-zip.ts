import { crc32, deflateRawSync } from 'node:zlib';
import { ZipFile } from 'yazl';

/** An entry of a crafted zip: what it declares may be a lie. */
export interface CraftedEntry {
  readonly name: string;
  readonly data: Uint8Array;
  readonly deflate?: boolean;
  readonly method?: number;
  readonly flags?: number;
  /** Unix mode, in the high half of the external attributes. */
  readonly mode?: number;
  readonly declaredSize?: number;
  readonly declaredCrc?: number;
  /** Points the directory at another entry's header. */
  readonly offset?: number;
}

/** A zip file by hand, byte by byte (APPNOTE 4.3), for what no honest writer would write. */
export function craftZip(entries: readonly CraftedEntry[], countedEntries = entries.length): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const packed = entry.deflate === true ? deflateRawSync(entry.data) : Buffer.from(entry.data);
    const name = Buffer.from(entry.name);
    const shared = describeEntry(entry, packed, name);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), shared, name, packed]);
    directory.push(describeRecord(entry, shared, name, entry.offset ?? offset));
    locals.push(local);
    offset += local.length;
  }
  const records = Buffer.concat(directory);
  return Buffer.concat([...locals, records, describeEnd(countedEntries, records.length, offset)]);
}

function describeEntry(entry: CraftedEntry, packed: Buffer, name: Buffer): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE((entry.flags ?? 0) | 0x800, 2);
  fields.writeUInt16LE(entry.method ?? (entry.deflate === true ? 8 : 0), 4);
  fields.writeUInt32LE(entry.declaredCrc ?? crc32(entry.data), 10);
  fields.writeUInt32LE(packed.length, 14);
  fields.writeUInt32LE(entry.declaredSize ?? entry.data.length, 18);
  fields.writeUInt16LE(name.length, 22);
  return fields;
}

function describeRecord(entry: CraftedEntry, shared: Buffer, name: Buffer, offset: number): Buffer {
  const end = Buffer.alloc(14);
  end.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 6);
  end.writeUInt32LE(offset, 10);
  return Buffer.concat([Buffer.from('PK\x01\x02\x14\x03', 'latin1'), shared, end, name]);
}

function describeEnd(entries: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries, 8);
  end.writeUInt16LE(entries, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return end;
}

/** A zip file by yazl: deflated, sizes after the data where `streamed`. */
export async function packZip(
  files: Readonly<Record<string, Uint8Array>>,
  options: { readonly zip64?: boolean } = {},
): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, bytes] of Object.entries(files))
    zip.addBuffer(Buffer.from(bytes), name, { forceZip64Format: options.zip64 ?? false });
  zip.end({ forceZip64Format: options.zip64 ?? false, comment: '' });
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
