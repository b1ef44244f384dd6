// Remakes samples/icons.zip and samples/icons.json from the makers' npm packages: `npm run make-sample`.
import { createHash } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GraftError } from '../errors/graft-error.js';
import { drawIcon } from './draw-icon.js';
import { installMakers, type MakerIcons, readMaker } from './fetch-maker.js';
import { type Maker, MAKERS } from './makers.js';
import { describeSample } from './sample-manifest.js';
import { drawByLot, ICON_CLASSES, type ThingsByClass, thingsDrawnByAll } from './select-icons.js';
import { type Picture, zipPictures } from './zip-pictures.js';

/** The first of the ten seeds that the selection was judged by, not the best of them: see samples/README.md. */
const SEED = 1;

/** Of the archive; kept far below it so that cloning and starting stay quick. */
const MAX_BYTES = 8_000_000;

const COMMENT = [
  'Icons of food and of other things, drawn as JPEG on white; see samples/README.md of Graft for sources and changes',
  ...MAKERS.map((maker) => `${maker.name}: ${maker.author}, ${maker.licence}`),
].join('; ');

async function drawMaker(maker: Maker, { icons }: MakerIcons, things: ThingsByClass): Promise<Picture[]> {
  const pictures: Picture[] = [];
  for (const iconClass of ICON_CLASSES) {
    for (const name of things[iconClass]) {
      const path = `${maker.split}/${iconClass}/${maker.name}-${name}.jpg`;
      pictures.push({ path, bytes: await drawIcon(icons, name) });
    }
  }
  return pictures;
}

function refuseRepeats(pictures: readonly Picture[]): void {
  const pathOf = new Map<string, string>();
  for (const { path, bytes } of pictures) {
    const digest = createHash('sha256').update(bytes).digest('hex');
    const other = pathOf.get(digest);
    if (other !== undefined) throw new GraftError(`${path} is the same picture as ${other}; leave one out.`);
    pathOf.set(digest, path);
  }
}

/** Writes under a temporary name first, so that an interrupted run leaves the old file whole. */
async function replaceFile(file: string, content: Buffer | string): Promise<void> {
  await writeFile(`${file}.new`, content);
  await rename(`${file}.new`, file);
}

async function makeSample(target: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'graft-sample-'));
  try {
    await installMakers(MAKERS, folder);
    const sets = await Promise.all(
      MAKERS.map(async (maker) => ({ maker, set: await readMaker(maker, folder) })),
    );
    const things = drawByLot(thingsDrawnByAll(sets.map(({ set }) => set.categories)), SEED);
    const pictures: Picture[] = [];
    for (const { maker, set } of sets) pictures.push(...(await drawMaker(maker, set, things)));
    refuseRepeats(pictures);
    const archive = await zipPictures(pictures, COMMENT);
    if (archive.length > MAX_BYTES)
      throw new GraftError(`The sample has ${archive.length} bytes, expected at most ${MAX_BYTES}.`);
    await replaceFile(join(target, 'icons.zip'), archive);
    await replaceFile(
      join(target, 'icons.json'),
      `${JSON.stringify(describeSample(archive, MAKERS, things, SEED), null, 2)}\n`,
    );
    console.log(`samples/icons.zip: ${pictures.length} pictures, ${archive.length} bytes`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await makeSample('samples');
