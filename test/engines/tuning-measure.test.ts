import { expect, test } from 'vitest';
import { resolveBackbone } from '../../backbones/registry.js';
import { createContenders } from '../../engines/tuning/run-contender.js';
import { makeSamplePictures } from '../../engines/tuning/sample-pictures.js';
import { defaultSetting } from '../../engines/tuning/setting.js';

const backbone = await resolveBackbone('efficientnet-lite0');

test('made-up pictures are the same every time, differ from one another and weigh what photographs do', async () => {
  const [once, again] = await Promise.all([makeSamplePictures(3), makeSamplePictures(3)]);
  expect(once).toEqual(again);
  expect(new Set(once.map((bytes) => Buffer.from(bytes).toString('base64'))).size).toBe(3);
  for (const { length } of once) expect(length).toBeGreaterThan(20_000);
});

test('a contender measures images, processor time and memory of its process', async () => {
  const open = createContenders({
    backbone,
    engine: { engine: 'onnx-cpu' },
    pictures: await makeSamplePictures(4),
    seconds: 0.1,
    signal: new AbortController().signal,
  });
  const contender = await open(defaultSetting('onnx-cpu', backbone));
  try {
    const { imagesPerSecond, processorMs, peakBytes } = await contender.measure();
    expect(imagesPerSecond).toBeGreaterThan(0);
    if (process.platform !== 'linux') return;
    expect(processorMs).toBeGreaterThanOrEqual(0);
    expect(peakBytes).toBeGreaterThan(50e6);
  } finally {
    await contender.close();
  }
});

test('an abort ends a measurement with its reason', async () => {
  const stop = new AbortController();
  const reason = new Error('no longer wanted');
  const open = createContenders({
    backbone,
    engine: { engine: 'onnx-cpu' },
    pictures: await makeSamplePictures(2),
    seconds: 60,
    signal: stop.signal,
  });
  const contender = await open(defaultSetting('onnx-cpu', backbone));
  const measured = contender.measure();
  stop.abort(reason);
  await expect(measured).rejects.toBe(reason);
  await contender.close();
});
