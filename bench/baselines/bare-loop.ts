// The fastest plain script that one would write by hand: sharp and onnxruntime in one process, decoding of the next
// micro-batch during inference of this one, nothing stored. `npm run bench -- pipeline` runs it as a process of its own:
//   node dist/bench/baselines/bare-loop.js <model.onnx> <threads> <micro-batch> <picture>…    (pictures from standard input)
// prints what one pass after a warm-up took, as JSON.
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';

const SIDE = 224;
const SHORT_SIDE = 256;
const PIXELS = SIDE * SIDE * 3;

const [model = '', threads = '2', size = '8'] = process.argv.slice(2);
const microBatch = Number(size);
const files: string[] = [];
for await (const line of createInterface({ input: process.stdin })) files.push(line);

const session = await InferenceSession.create(model, {
  executionProviders: ['cpu'],
  graphOptimizationLevel: 'all',
  intraOpNumThreads: Number(threads),
  // As Graft does: a waiting thread that spins takes the core that decodes. Spinning made this loop slower, too.
  extra: { session: { intra_op: { allow_spinning: '0' } } },
});
sharp.cache(false);
await passOver(files.slice(0, microBatch * 4));
const start = performance.now();
const spent = process.cpuUsage();
const features = await passOver(files);
const seconds = (performance.now() - start) / 1_000;
const { user, system } = process.cpuUsage(spent);
console.log(
  JSON.stringify({ images: features.length, seconds, processorSeconds: [(user + system) / 1_000_000] }),
);

/** One pass over pictures: the next micro-batch is decoded while this one is in the network. */
async function passOver(paths: readonly string[]): Promise<Float32Array[]> {
  const found: Float32Array[] = [];
  let next = decodeGroup(paths.slice(0, microBatch));
  for (let at = 0; at < paths.length; at += microBatch) {
    const pixels = await next;
    next = decodeGroup(paths.slice(at + microBatch, at + 2 * microBatch));
    const image = new Tensor('uint8', pixels, [pixels.length / PIXELS, SIDE, SIDE, 3]);
    const output = (await session.run({ image }))['features'];
    if (!(output?.data instanceof Float32Array)) throw new Error('the model gives no float32 features');
    const dimensions = output.data.length / (pixels.length / PIXELS);
    for (let row = 0; row < pixels.length / PIXELS; row++) {
      found.push(output.data.slice(row * dimensions, (row + 1) * dimensions));
    }
  }
  return found;
}

async function decodeGroup(paths: readonly string[]): Promise<Uint8Array> {
  const pixels = new Uint8Array(paths.length * PIXELS);
  await Promise.all(
    paths.map(async (path, at) => pixels.set(await decode(await readFile(path)), at * PIXELS)),
  );
  return pixels;
}

/** Short side to 256, bicubic, without shrink-on-load; central 224. */
async function decode(bytes: Uint8Array): Promise<Uint8Array> {
  const picture = sharp(bytes).autoOrient();
  const { autoOrient: stored } = await picture.metadata();
  const scale = SHORT_SIDE / Math.min(stored.width, stored.height);
  const [width, height] = [Math.round(stored.width * scale), Math.round(stored.height * scale)];
  return picture
    .pipelineColourspace('srgb')
    .resize({ width, height, fit: 'fill', kernel: 'cubic', fastShrinkOnLoad: false })
    .extract({ left: (width - SIDE) >> 1, top: (height - SIDE) >> 1, width: SIDE, height: SIDE })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer();
}
