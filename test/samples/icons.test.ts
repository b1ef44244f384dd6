import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { SPLITS } from '../../dataset/dataset.js';
import { openZipSource } from '../../dataset/zip-source.js';
import { packageRoot } from '../../runs/package-root.js';
import { PICTURE_SIDE } from '../../samples/draw-icon.js';
import { MAKERS } from '../../samples/makers.js';
import { describeSample, type SampleManifest } from '../../samples/sample-manifest.js';
import { classifyIcon, ICON_CLASSES } from '../../samples/select-icons.js';

const samples = join(packageRoot, 'samples');

interface DecodedPicture {
  readonly path: string;
  readonly format: string | undefined;
  readonly side: readonly number[];
  /** SHA-256 of the decoded pixels, so that the same drawing is found under other bytes. */
  readonly pixels: string;
  /** Share of the pixels that are not white: 0 for a blank picture. */
  readonly inked: number;
  /** Levels of the pixel in the upper left corner. */
  readonly corner: readonly number[];
}

async function decode(path: string, bytes: Uint8Array): Promise<DecodedPicture> {
  const image = sharp(bytes, { failOn: 'warning' });
  const { format } = await image.metadata();
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return {
    path,
    format,
    side: [info.width, info.height, info.channels],
    pixels: createHash('sha256').update(data).digest('hex'),
    inked: measureInk(data),
    corner: [...data.subarray(0, 3)],
  };
}

function measureInk(rgb: Uint8Array): number {
  let inked = 0;
  for (let at = 0; at < rgb.length; at += 3) {
    if (Math.min(rgb[at] ?? 0, rgb[at + 1] ?? 0, rgb[at + 2] ?? 0) < 240) inked += 1;
  }
  return inked / (rgb.length / 3);
}

async function decodeAll(archive: string): Promise<DecodedPicture[]> {
  const source = await openZipSource(archive);
  const pictures: DecodedPicture[] = [];
  for await (const file of source.files()) pictures.push(await decode(file.path, await file.read()));
  await source.close();
  return pictures;
}

describe('the built-in sample', () => {
  let archive: Buffer;
  let manifest: SampleManifest;
  let pictures: readonly DecodedPicture[];

  beforeAll(async () => {
    archive = await readFile(join(samples, 'icons.zip'));
    manifest = JSON.parse(await readFile(join(samples, 'icons.json'), 'utf8')) as SampleManifest;
    pictures = await decodeAll(join(samples, 'icons.zip'));
  });

  test('is the archive that its manifest describes, and well under 8 MB', () => {
    expect(describeSample(archive, MAKERS, manifest.things, manifest.seed)).toEqual(manifest);
    expect(archive.length).toBeLessThan(8_000_000);
  });

  test('holds every thing once by every maker, under the right split and class, and nothing else', () => {
    const expected = MAKERS.flatMap((maker) =>
      ICON_CLASSES.flatMap((iconClass) =>
        manifest.things[iconClass].map((name) => `${maker.split}/${iconClass}/${maker.name}-${name}.jpg`),
      ),
    );
    expect(pictures.map(({ path }) => path)).toEqual(expected.sort());
  });

  test('has the counts that its manifest and its README say', async () => {
    const readme = await readFile(join(samples, 'README.md'), 'utf8');
    for (const split of SPLITS) {
      const own = ICON_CLASSES.map(
        (iconClass) => pictures.filter(({ path }) => path.startsWith(`${split}/${iconClass}/`)).length,
      );
      expect(own).toEqual(ICON_CLASSES.map((iconClass) => manifest.counts[split][iconClass]));
      const row = readme.split('\n').find((line) => line.startsWith(`| ${split} `)) ?? '';
      expect(row.match(/\d+/g)?.map(Number)).toEqual(own);
    }
    expect(manifest.images).toBe(pictures.length);
  });

  test('shows only things that the rules let in', () => {
    const shelves = { food: 'Food', non_food: 'Objects' };
    for (const iconClass of ICON_CLASSES) {
      const refused = manifest.things[iconClass].filter(
        (name) => classifyIcon(shelves[iconClass], name) !== iconClass,
      );
      expect(refused).toEqual([]);
    }
  });

  test('is JPEG of one size throughout, and every picture decodes', () => {
    const odd = pictures.filter(
      ({ format, side }) => format !== 'jpeg' || side.join() !== [PICTURE_SIDE, PICTURE_SIDE, 3].join(),
    );
    expect(odd).toEqual([]);
  });

  test('has no blank picture and none whose background is not white', () => {
    const odd = pictures.filter(({ inked, corner }) => inked < 0.02 || corner.some((level) => level < 250));
    expect(odd).toEqual([]);
  });

  test('shows no picture twice, neither in two splits nor in one', () => {
    expect(new Set(pictures.map(({ pixels }) => pixels)).size).toBe(pictures.length);
  });

  test('credits every maker, with version and licence, and ships the licence texts', async () => {
    const readme = await readFile(join(samples, 'README.md'), 'utf8');
    for (const maker of MAKERS) {
      const row = readme.split('\n').find((line) => line.includes(`\`${maker.package}\``)) ?? '';
      expect(row).toContain(maker.version);
      expect(row).toContain(maker.licence);
      expect(await readFile(join(samples, 'LICENSES', `${maker.licence}.txt`), 'utf8')).not.toBe('');
    }
  });
});
