import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { openZipSource } from '../../dataset/zip-source.js';

/**
 * Unpacks the JPEGs of a zip to `<folder>/class-<digit>/<file>`: the class is the first digit of the name, as in Food-5K.
 *
 * @param most stops after so many pictures. Default all.
 * @returns the files' paths.
 */
export async function unpackPictures(
  zip: string,
  folder: string,
  most = Number.POSITIVE_INFINITY,
): Promise<readonly string[]> {
  const source = await openZipSource(zip, { shown: zip });
  const files: string[] = [];
  for await (const file of source.files()) {
    const name = basename(file.path);
    if (!/\.jpe?g$/i.test(name)) continue;
    if (files.length >= most) break;
    const path = join(folder, `class-${name[0] ?? ''}`, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, await file.read());
    files.push(path);
  }
  await source.close();
  return files;
}
