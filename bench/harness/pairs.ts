import { millisecondsOf, type Pass, speedOf } from './pass.js';

/** One side of a comparison: what it is called, and one measurement of it. */
export interface Side {
  readonly title: string;
  measure(): Promise<Pass>;
}

/**
 * Measures two sides in turn, so that a machine that slows down slows both, and prints every pair, the median of the
 * ratios ours / theirs in images a second, and the medians of their processor time.
 *
 * @returns the median ratio.
 */
export async function comparePairs(ours: Side, theirs: Side, rounds: number): Promise<number> {
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round++) pairs.push(await measurePair(ours, theirs, round));
  const ratio = median(pairs.map(ratioOf));
  console.log(`  median ratio, ${ours.title} / ${theirs.title}: ${ratio.toFixed(3)}`);
  const [our, their] = [pairs.map(({ our }) => our), pairs.map(({ their }) => their)];
  console.log(
    `  processor ms a picture, median: ${ours.title} ${describeProcessor(our)}, ${theirs.title} ${describeProcessor(their)}`,
  );
  return ratio;
}

/** The middle value, the upper one of two; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

interface Pair {
  readonly our: Pass;
  readonly their: Pass;
}

const ratioOf = ({ our, their }: Pair): number => speedOf(our) / speedOf(their);

/** Who goes first changes from pair to pair, so that a drift favours nobody. */
async function measurePair(ours: Side, theirs: Side, round: number): Promise<Pair> {
  const early = round % 2 === 0 ? await ours.measure() : undefined;
  const their = await theirs.measure();
  const our = early ?? (await ours.measure());
  const pair = { our, their };
  console.log(
    `  ${ours.title} ${speedOf(our).toFixed(1)} images/s   ${theirs.title} ${speedOf(their).toFixed(1)} images/s   ratio ${ratioOf(pair).toFixed(3)}`,
  );
  return pair;
}

/** `15.2`, or `17.1 (0.4 + 1.3 + 15.4)` where several processes did it. */
function describeProcessor(passes: readonly Pass[]): string {
  const whole = median(passes.map(millisecondsOf)).toFixed(1);
  const processes = passes[0]?.processorSeconds.length ?? 0;
  if (processes < 2) return whole;
  const shares = Array.from({ length: processes }, (_, at) =>
    median(passes.map((pass) => ((pass.processorSeconds[at] ?? 0) / pass.images) * 1_000)).toFixed(1),
  );
  return `${whole} (${shares.join(' + ')})`;
}
