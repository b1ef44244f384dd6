import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { resolveCheckSettings } from '../checks/check-settings.js';
import { likenessOfCopies } from '../checks/duplicates/find-near-duplicates.js';
import { type GreyThumbnail, makeGreyThumbnail } from '../checks/duplicates/grey-thumbnail.js';
import type { Findings, NearPair } from '../checks/findings.js';
import { judgeFindings } from '../checks/judge-findings.js';
import { lookAtData } from '../checks/look-at-data.js';
import { openMatrixProduct } from '../heads/gram/matrix-product.js';
import type { IndexRow, Sha256 } from '../dataset/dataset.js';
import { seededRandom, shuffle } from '../heads/statistics/seeded-random.js';
import { benchFile } from './harness/bench-file.js';
import { type CheckedPhotographs, openCheckedPhotographs } from './harness/checked-photographs.js';
import { drawContactSheet } from './harness/contact-sheet.js';
import { alterPicture, drawScene } from './harness/synthetic-scenes.js';

const USAGE = 'npm run bench -- checks [<Food-5K-256.zip>] [--rounds 3] [--seed 7] [--sheet pairs.png]';
const FLIPPED = 20;
const PLANTED = 10;
const SUSPECTS_READ = 40;
const UNRELATED = 5_000;

/**
 * The data checks over photographs with known faults: each round flips 20 training labels, and puts 10 training pictures,
 * cropped by 2 % a side, shrunk and encoded again, into evaluation. Then: how many of unrelated pairs pass for duplicates.
 */
export async function run(argv: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '3' },
      seed: { type: 'string', default: '7' },
      sheet: { type: 'string' },
    },
  });
  const photographs = await openCheckedPhotographs(benchFile(positionals[0], 'food5k', USAGE));
  try {
    console.log(`${photographs.rows.length} photographs, ${photographs.dimensions} numbers each`);
    const pairs = new Map<string, NearPair>();
    for (let round = 0; round < Number(values.rounds); round++)
      for (const pair of await measureRound(photographs, Number(values.seed) + round))
        pairs.set(pair.pictures.map(({ key }) => key).join(), pair);
    await measureUnrelated(photographs, Number(values.seed));
    if (values.sheet !== undefined) await drawPairs(photographs, [...pairs.values()], values.sheet);
  } finally {
    await photographs.close();
  }
}

/** @returns near duplicates that were not planted: whether they are is for eyes to tell. */
async function measureRound(photographs: CheckedPhotographs, seed: number): Promise<readonly NearPair[]> {
  const { rows, flipped, planted } = await addFaults(photographs, seed);
  const settings = resolveCheckSettings();
  const product = await openMatrixProduct();
  const { classes, dimensions, loadFeatures, readPicture } = photographs;
  const [started, before] = [performance.now(), process.cpuUsage()];
  const found = await lookAtData(
    { rows, classes, dimensions, settings },
    { loadFeatures, readPicture, multiply: (a, b) => product.multiplySingleRows(a, b) },
  );
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(before);
  const { near, labels } = found;
  if (typeof near === 'string' || typeof labels === 'string') throw new Error('Nobody looked.');
  const known = (pair: NearPair): boolean => pair.pictures.some(({ sha256 }) => planted.has(sha256));
  const leaks = new Set(
    near.pairs.flatMap((pair) => (known(pair) && isPlanted(pair, planted) ? [keyOf(pair)] : [])),
  );
  const first = labels.suspects.slice(0, SUSPECTS_READ).filter(({ picture }) => flipped.has(picture.key));
  console.log(
    `seed ${seed}: ${first.length} of ${FLIPPED} flipped labels among the first ${SUSPECTS_READ} of ${labels.suspects.length} suspects; ` +
      `${leaks.size} of ${PLANTED} altered copies found as leaks; ${describeIdentical(found, rows)}; ` +
      `${near.pairs.filter((pair) => !known(pair)).length} near duplicates of its own, of ${near.compared} pairs compared; ` +
      `${seconds.toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of processor`,
  );
  for (const { level, sentence } of Object.values(judgeFindings(found, settings.limits)))
    console.log(`  ${level}: ${sentence}`);
  return near.pairs.filter((pair) => !known(pair));
}

const keyOf = (pair: NearPair): string => pair.pictures.map(({ sha256 }) => sha256).join();

/** Whether it is the pair of a copy and of what was copied. */
const isPlanted = ({ pictures: [a, b] }: NearPair, planted: ReadonlyMap<Sha256, Sha256>): boolean =>
  planted.get(a.sha256) === b.sha256 || planted.get(b.sha256) === a.sha256;

interface FaultyRows {
  readonly rows: readonly IndexRow[];
  /** Keys of the rows with a wrong label. */
  readonly flipped: ReadonlySet<string>;
  /** By the altered copy, what was copied. */
  readonly planted: ReadonlyMap<Sha256, Sha256>;
}

async function addFaults(photographs: CheckedPhotographs, seed: number): Promise<FaultyRows> {
  const { rows, classes } = photographs;
  const training = shuffle(
    rows.filter(({ split }) => split === 'training'),
    seededRandom(seed),
  );
  const flipped = new Set(training.slice(0, FLIPPED).map(({ key }) => key));
  const planted = new Map<Sha256, Sha256>();
  const copies: IndexRow[] = [];
  for (const row of training.slice(FLIPPED, FLIPPED + PLANTED)) {
    const key = `altered/${seed}/${row.key}`;
    const sha256 = await photographs.add(key, await alterPicture(await photographs.readPicture(row.key)));
    planted.set(sha256, row.sha256);
    copies.push({ ...row, key, sha256, split: 'evaluation' });
  }
  const other = (name: string): string => classes.find((each) => each !== name) ?? name;
  const labelled = rows.map((row) => (flipped.has(row.key) ? { ...row, class: other(row.class) } : row));
  return { rows: [...labelled, ...copies], flipped, planted };
}

/** Beside a count by nothing but hashes and splits. */
function describeIdentical({ identical }: Findings, rows: readonly IndexRow[]): string {
  const splits = new Map<Sha256, Set<string>>();
  for (const { sha256, split } of rows) splits.set(sha256, (splits.get(sha256) ?? new Set()).add(split));
  const expected = [...splits.values()].filter(({ size }) => size > 1).length;
  const found = identical.filter((files) => new Set(files.map(({ split }) => split)).size > 1).length;
  return `${found} of ${expected} identical files across splits`;
}

/** Pairs that cannot be duplicates: a photograph of food and one of something else, and drawings of random shapes. */
async function measureUnrelated(photographs: CheckedPhotographs, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const some = shuffle(photographs.rows, random);
  const thumbnailsOf = async (name: string, most: number): Promise<GreyThumbnail[]> => {
    const ofClass = some.filter((row) => row.class === name).slice(0, most);
    const made = ofClass.map(async ({ key }) => makeGreyThumbnail(await photographs.readPicture(key)));
    return (await Promise.all(made)).flatMap((thumbnail) => thumbnail ?? []);
  };
  const [first = '', second = ''] = photographs.classes;
  const side = Math.ceil(Math.sqrt(UNRELATED));
  tellFalse('photographs of two classes', await thumbnailsOf(first, side), await thumbnailsOf(second, side));
  const scenes: GreyThumbnail[] = [];
  for (let at = 0; at < 2 * side; at++) {
    const thumbnail = await makeGreyThumbnail(await drawScene(random));
    if (thumbnail !== undefined) scenes.push(thumbnail);
  }
  tellFalse('drawings', scenes.slice(0, side), scenes.slice(side));
}

function tellFalse(what: string, some: readonly GreyThumbnail[], others: readonly GreyThumbnail[]): void {
  const pairs = some.flatMap((a) => others.map((b) => likenessOfCopies(a, b)));
  const wrong = pairs.filter((likeness) => likeness !== undefined).length;
  console.log(
    `${wrong} of ${pairs.length} unrelated pairs of ${what} pass for near duplicates: ${((1_000 * wrong) / pairs.length).toFixed(2)} per 1,000`,
  );
}

async function drawPairs(
  { readPicture }: CheckedPhotographs,
  pairs: readonly NearPair[],
  file: string,
): Promise<void> {
  const pictures = pairs.map(async ({ pictures: [a, b] }) =>
    Promise.all([readPicture(a.key), readPicture(b.key)]),
  );
  await writeFile(file, await drawContactSheet(await Promise.all(pictures)));
  console.log(`${pairs.length} pairs drawn to ${file}`);
}
