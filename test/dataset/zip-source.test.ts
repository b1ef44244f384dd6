import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ARCHIVE_LIMITS } from '../../dataset/source-limits.js';
import { openZipSource } from '../../dataset/zip-source.js';
import { BadInput } from '../../errors/graft-error.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { type CraftedEntry, craftZip, packZip } from './craft-zip.js';
import { smallDataset, tinyJpeg } from './pictures.js';

const LINK = 0o120777;
const FIFO = 0o010644;
const picture = tinyJpeg(1);

async function save(bytes: Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), 'pictures.zip');
  await writeFile(path, bytes);
  return path;
}

async function readAll(bytes: Uint8Array): Promise<Record<string, Uint8Array>> {
  const source = await openZipSource(await save(bytes));
  try {
    const read: Record<string, Uint8Array> = {};
    for await (const file of source.files()) read[file.path] = new Uint8Array(await file.read());
    return read;
  } finally {
    await source.close();
  }
}

const expectRefusal = async (bytes: Uint8Array, sentence: RegExp) => {
  const refusal = expect(readAll(bytes)).rejects;
  await refusal.toThrow(BadInput);
  await expect(readAll(bytes)).rejects.toThrow(sentence);
};

const asBytes = (files: Readonly<Record<string, Uint8Array>>) =>
  Object.fromEntries(Object.entries(files).map(([path, bytes]) => [path, new Uint8Array(bytes)]));

test('every file comes back with its bytes, deflated, in zip64 or not', async () => {
  const files = smallDataset();
  expect(await readAll(await packZip(files))).toEqual(asBytes(files));
  expect(await readAll(await packZip(files, { zip64: true }))).toEqual(asBytes(files));
});

test('hidden files and what macOS and Windows leave are passed over', async () => {
  const litter = ['__MACOSX/a/._1.jpg', 'a/.DS_Store', 'a/Thumbs.db', '.git/1.jpg'];
  const zip = craftZip([...litter, 'a/1.jpg'].map((name) => ({ name, data: picture })));
  expect(Object.keys(await readAll(zip))).toEqual(['a/1.jpg']);
});

test('backslashes of old Windows tools and leading "./" are folders like any other', async () => {
  const zip = craftZip([
    { name: 'training\\food\\1.jpg', data: picture },
    { name: './training/food/2.jpg', data: picture },
  ]);
  expect(Object.keys(await readAll(zip))).toEqual(['training/food/1.jpg', 'training/food/2.jpg']);
});

test('folders with nothing in them are named', async () => {
  const zip = craftZip([
    { name: 'training/food/', data: new Uint8Array(), mode: 0o040755 },
    { name: 'training/other/', data: new Uint8Array(), mode: 0 },
    { name: 'training/food/1.jpg', data: picture },
  ]);
  const source = await openZipSource(await save(zip));
  expect(source.emptyFolders()).toEqual(['training/other']);
  await source.close();
});

describe('what no honest writer writes is refused', () => {
  const hostile: Record<string, readonly [readonly CraftedEntry[], RegExp]> = {
    'a name that climbs': [
      [{ name: '../../etc/1.jpg', data: picture }],
      /"\.\.\/\.\.\/etc\/1\.jpg", which leaves/,
    ],
    'a name that climbs by backslashes': [
      [{ name: 'a\\..\\..\\1.jpg', data: picture }],
      /which leaves the folder/,
    ],
    'an absolute name': [[{ name: '/etc/1.jpg', data: picture }], /which leaves the folder/],
    'a drive letter': [[{ name: 'C:\\pictures\\1.jpg', data: picture }], /which leaves the folder/],
    'a zero in a name': [[{ name: 'a/1.jpg\0.txt', data: picture }], /which leaves the folder/],
    'a symbolic link': [[{ name: 'a/1.jpg', data: Buffer.from('/etc/passwd'), mode: LINK }], /symbolic link/],
    'a link without a picture name': [
      [{ name: 'a/x', data: Buffer.from('/etc'), mode: LINK }],
      /symbolic link/,
    ],
    'a pipe': [[{ name: 'a/1.jpg', data: picture, mode: FIFO }], /neither a file nor a folder/],
    encryption: [
      [
        {
          name: 'a/1.jpg',
          data: Buffer.concat([Buffer.alloc(12), picture]),
          flags: 1,
          declaredSize: picture.length,
        },
      ],
      /is encrypted/,
    ],
    'an unknown method': [
      [{ name: 'a/1.jpg', data: picture, method: 99, declaredSize: 5 }],
      /compressed by method 99/,
    ],
    'a name twice': [
      [
        { name: 'a/1.jpg', data: picture },
        { name: 'a/./1.jpg', data: picture },
      ],
      /holds "a\/1\.jpg" twice/,
    ],
    'more than its directory says': [
      [{ name: 'a/1.jpg', data: Buffer.alloc(5000, 1), deflate: true, declaredSize: 100 }],
      /is damaged \(too many bytes/,
    ],
    'less than its directory says': [
      [{ name: 'a/1.jpg', data: picture, deflate: true, declaredSize: 900_000 }],
      /is damaged \(not enough bytes/,
    ],
    'other bytes than its checksum': [
      [{ name: 'a/1.jpg', data: picture, declaredCrc: 7 }],
      /checksum does not match/,
    ],
    'a picture beyond the limit': [
      [{ name: 'a/1.jpg', data: picture, deflate: true, declaredSize: 2 ** 31 }],
      /2,147,483,648 bytes, more than the 67,108,864/,
    ],
    'a picture that grows 1,000-fold': [
      [{ name: 'a/1.jpg', data: Buffer.alloc(2 ** 22), deflate: true }],
      /more than 200-fold/,
    ],
    'entries that share bytes': [
      [
        { name: 'a/1.jpg', data: picture },
        { name: 'a/2.jpg', data: picture, offset: 0 },
      ],
      /shares bytes/,
    ],
  };
  test.each(Object.entries(hostile))('%s', async (_, [entries, sentence]) => {
    await expectRefusal(craftZip(entries), sentence);
  });

  test('more entries than are counted', async () => {
    const entries = ['a/1.jpg', 'a/2.jpg'].map((name) => ({ name, data: picture }));
    await expectRefusal(craftZip(entries, 1), /holds more than the 1 entries that it counts/);
  });

  test('too many entries, too many bytes together', async () => {
    const path = await save(await packZip(smallDataset()));
    const open = (limits: Partial<typeof ARCHIVE_LIMITS>) =>
      openZipSource(path, { limits: { ...ARCHIVE_LIMITS, ...limits } });
    await expect(open({ maxEntries: 17 })).rejects.toThrow(/declares 18 entries, more than 17/);
    await expect(open({ maxTotalBytes: 100 })).rejects.toThrow(/would unpack to [\d,]+ bytes, more than 100/);
  });

  test('a name with a right-to-left override is quoted harmlessly', async () => {
    const zip = craftZip([{ name: 'a/\u202egpj.exe\u001b[2J.jpg', data: picture, mode: LINK }]);
    await expectRefusal(zip, /"a\/\\u\{202e\}gpj\.exe\\u\{1b\}\[2J\.jpg"/);
  });
});

describe('what is no zip file is named', () => {
  const others: Record<string, readonly [Uint8Array, RegExp]> = {
    nothing: [new Uint8Array(), /is empty \(0 bytes\)/],
    'one byte': [Buffer.from('P'), /is not a zip file/],
    'a web page': [Buffer.from('<!DOCTYPE html><html>'), /is not a zip file: it is an HTML page/],
    'a gzip file': [Buffer.from([0x1f, 0x8b, 8, 0]), /is not a zip file: it is a gzip file/],
    'a picture': [picture, /is not a zip file: it is one JPEG picture/],
  };
  test.each(Object.entries(others))('%s', async (_, [bytes, sentence]) => {
    await expectRefusal(bytes, sentence);
  });
  test('a file that is not there', async () => {
    const path = join(await temporaryFolder(), 'none.zip');
    await expect(openZipSource(path)).rejects.toThrow(/none\.zip cannot be read \(ENOENT\)/);
  });
});

describe('a cut zip names the entry in which it ends', () => {
  const names = ['training/1_1.jpg', 'training/1_2.jpg', 'training/1_3.jpg'];
  const whole = craftZip(names.map((name) => ({ name, data: tinyJpeg(name) })));
  const second = whole.indexOf('training/1_2.jpg');
  const third = whole.indexOf('training/1_3.jpg') - 30;
  const directory = whole.indexOf(Buffer.from('PK\x01\x02', 'latin1'));

  test('in its data', async () => {
    const sentence = new RegExp(
      `ends in the middle of "training/1_2\\.jpg" \\(expected that entry to end at byte ${third}, the file ends at ${second + 20}\\)`,
    );
    await expectRefusal(whole.subarray(0, second + 20), sentence);
  });
  test('between two entries', async () => {
    await expectRefusal(whole.subarray(0, third), /ends after "training\/1_2\.jpg", without the directory/);
  });
  test('in its directory', async () => {
    await expectRefusal(
      whole.subarray(0, directory + 60),
      /ends in its directory, after the last entry "training\/1_3\.jpg"/,
    );
  });
  test('in its first header', async () => {
    await expectRefusal(whole.subarray(0, 12), /ends in the middle of its first entry/);
  });
  test('where the writer streamed and sizes follow the data', async () => {
    const streamed = craftZip(names.map((name) => ({ name, data: tinyJpeg(name), flags: 8 })));
    for (let at = streamed.indexOf('PK\x03\x04'); at >= 0; at = streamed.indexOf('PK\x03\x04', at + 4))
      streamed.fill(0, at + 14, at + 26);
    await expectRefusal(streamed.subarray(0, second + 20), /ends in the middle of "training\/1_2\.jpg"/);
  });
  test('a hole in the middle is told by the directory', async () => {
    const holed = Buffer.concat([whole.subarray(0, second), whole.subarray(third)]);
    await expectRefusal(
      holed,
      new RegExp(`is cut \\(expected ${whole.length} bytes by its directory, found ${holed.length}\\)`),
    );
  });
  test('cut at any byte it is refused, never read in part', async () => {
    for (let length = 0; length < whole.length; length += 7)
      await expect(readAll(whole.subarray(0, length))).rejects.toThrow(BadInput);
  });
});
