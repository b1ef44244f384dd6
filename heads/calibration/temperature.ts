/**
 * The temperature T > 0 at which the probabilities of decision values / T have the least log loss on these rows
 * (C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, “On calibration of modern neural networks”, ICML 2017): sigmoid for
 * two classes, softmax for more.
 *
 * Two ends that the bare minimum does not have:
 * - Where the head is right on every row, any lower T is better still, and 0 would claim that it cannot err. T then stops
 *   where the mean log loss is log((rows + 2) / (rows + 1)), what Laplace's rule of succession expects of the next row
 *   after so many hits. So it does in the one case that comes as close to certainty: a single mistake, by a hair.
 * - Where the head is no better than chance no T is high enough; it stops where all probabilities are equal to 1e-6.
 *
 * `decisionValues` is rows × outputs, finite; `labels` are class ids; at least one row.
 */
export function fitTemperature(
  decisionValues: Float64Array,
  labels: ArrayLike<number>,
  classCount: number,
): number {
  const leads = leadsOverTruth(decisionValues, labels, classCount);
  const spread = leads.reduce((largest, lead) => Math.max(largest, Math.abs(lead)), 0);
  if (spread < NOTHING) return 1;
  const scaled = leads.map((lead) => lead / spread);
  const lossAt = (sharpness: number): LossCurve => measureLoss(scaled, classCount, sharpness);
  return spread / bestSharpness(lossAt, labels.length);
}

/** Mean log loss as a function of the sharpness 1 / T, in which it is convex, with its first two derivatives. */
interface LossCurve {
  readonly loss: number;
  readonly slope: number;
  readonly curvature: number;
}

/** Leads this small are none, and what divides by them leaves the range of numbers. */
const NOTHING = 1e-290;

/** Sharpness times the largest lead. */
const LEAST_SHARPNESS = 1e-6;
/** Reached only where right answers lead by a billionth of the others. */
const MOST_SHARPNESS = 1e9;

function bestSharpness(lossAt: (sharpness: number) => LossCurve, rows: number): number {
  const least = Math.log((rows + 2) / (rows + 1));
  if (lossAt(LEAST_SHARPNESS).slope >= 0) return LEAST_SHARPNESS;
  let high = 1;
  let atHigh = lossAt(high);
  while (atHigh.slope < 0 && atHigh.loss > least) {
    if (high >= MOST_SHARPNESS) return high;
    high *= 4;
    atHigh = lossAt(high);
  }
  if (atHigh.slope >= 0) {
    const minimum = findRoot((at) => [lossAt(at).slope, lossAt(at).curvature], LEAST_SHARPNESS, high);
    if (lossAt(minimum).loss >= least) return minimum;
    high = minimum;
  }
  return findRoot((at) => [least - lossAt(at).loss, -lossAt(at).slope], LEAST_SHARPNESS, high);
}

const MOST_STEPS = 200;
const NEGLIGIBLE = 1e-15;

/** Where a function that rises from below 0 at `low` to 0 or more at `high` is 0: Newton's steps, halving where they leave. */
function findRoot(evaluate: (at: number) => readonly [number, number], low: number, high: number): number {
  let at = Math.sqrt(low * high);
  for (let step = 0; step < MOST_STEPS; step++) {
    const [value, slope] = evaluate(at);
    if (Math.abs(value) <= NEGLIGIBLE / at) return at;
    if (value < 0) low = at;
    else high = at;
    const newton = at - value / slope;
    const next = newton > low && newton < high ? newton : Math.sqrt(low * high);
    if (Math.abs(next - at) <= 4 * Number.EPSILON * at) return next;
    at = next;
  }
  return at;
}

/** By how much each class's decision value exceeds the true class's: rows × classes. */
function leadsOverTruth(
  decisionValues: Float64Array,
  labels: ArrayLike<number>,
  classCount: number,
): Float64Array {
  const binary = classCount === 2;
  const valueOf = (row: number, id: number): number =>
    binary ? (id === 1 ? (decisionValues[row] ?? 0) : 0) : (decisionValues[row * classCount + id] ?? 0);
  const leads = new Float64Array(labels.length * classCount);
  for (let row = 0; row < labels.length; row++) {
    const truth = valueOf(row, labels[row] ?? 0);
    for (let id = 0; id < classCount; id++) leads[row * classCount + id] = valueOf(row, id) - truth;
  }
  return leads;
}

/** A row's loss is log Σ exp(sharpness · lead): its slope is the mean lead by the probabilities, its curvature their variance. */
function measureLoss(leads: Float64Array, classCount: number, sharpness: number): LossCurve {
  let loss = 0;
  let slope = 0;
  let curvature = 0;
  for (let start = 0; start < leads.length; start += classCount) {
    // The true class's lead is 0, so the largest is at least that and nothing overflows.
    let largest = 0;
    for (let at = start; at < start + classCount; at++) largest = Math.max(largest, leads[at] ?? 0);
    let total = 0;
    let first = 0;
    let second = 0;
    for (let at = start; at < start + classCount; at++) {
      const lead = leads[at] ?? 0;
      const power = Math.exp(sharpness * (lead - largest));
      total += power;
      first += power * lead;
      second += power * lead ** 2;
    }
    loss += sharpness * largest + Math.log(total);
    slope += first / total;
    curvature += second / total - (first / total) ** 2;
  }
  const rows = leads.length / classCount;
  return { loss: loss / rows, slope: slope / rows, curvature: curvature / rows };
}
