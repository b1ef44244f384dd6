import { open, readFile, writeFile } from 'node:fs/promises';
import type { HeadSettings } from '../../heads/head.js';
import { fitStreamed } from '../../heads/streamed/fit-streamed.js';
import type { ShardSource } from '../../heads/streamed/shard-source.js';

/**
 * A process of its own, so that its memory is the streamed fit's: reads features from a file, shard by shard, and writes
 * the head as JSON.
 *
 *     node streamed-fit-process.js <features.f32> <labels.f64> <columns> <settings as JSON> <bytes> <head.json>
 */
const [featureFile = '', labelFile = '', columnText = '', settingsText = '', bytesText = '', headFile = ''] =
  process.argv.slice(2);
const columns = Number(columnText);
const labelBytes = Uint8Array.from(await readFile(labelFile));
const labels = new Float64Array(labelBytes.buffer);
const SHARD_ROWS = 64;

let passes = 0;
const source: ShardSource = async function* () {
  passes++;
  const file = await open(featureFile);
  const data = new Float32Array(SHARD_ROWS * columns);
  const bytes = new Uint8Array(data.buffer);
  try {
    for (let from = 0; from < labels.length; from += SHARD_ROWS) {
      const rows = Math.min(SHARD_ROWS, labels.length - from);
      await file.read(bytes, 0, rows * columns * 4, from * columns * 4);
      const features = { rows, columns, data: data.subarray(0, rows * columns) };
      yield { features, labels: labels.subarray(from, from + rows) };
    }
  } finally {
    await file.close();
  }
};

const settings = JSON.parse(settingsText) as HeadSettings;
const start = performance.now();
const head = await fitStreamed(source, 'logistic-regression', ['0', '1'], settings, {
  memoryBytes: Number(bytesText),
});
const seconds = (performance.now() - start) / 1_000;
const { coef, intercept } = head;
await writeFile(headFile, JSON.stringify({ coef: coef.map((row) => [...row]), intercept }));
console.log(JSON.stringify({ seconds, passes, megabytes: await peakMegabytes() }));

/** `maxRSS` begins with what the parent held when it forked; Linux's VmHWM is of this program alone. */
async function peakMegabytes(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(status) ?? [];
  return (kilobytes === undefined ? process.resourceUsage().maxRSS : Number(kilobytes)) / 1_024;
}
