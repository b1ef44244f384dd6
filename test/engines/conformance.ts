import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EngineKind } from '../../engines/choice/engine-kind.js';
import type { EngineOptions } from '../../engines/choice/engine-options.js';
import type { ExtractedImage, FeatureExtractor } from '../../engines/feature-extractor.js';
import { differenceInDeviations } from './differences.js';
import type { KnownNetwork } from './known-networks.js';
import { FIXTURES, makeJpegs, readFixtures } from './pictures.js';

/** Opens an extractor of the network under test in the engine under test. */
export type OpenExtractor = (options?: EngineOptions) => Promise<FeatureExtractor>;

export interface ExtractorCase {
  /** `the local extractor` */
  readonly name: string;
  readonly network: KnownNetwork;
  readonly engine: EngineKind;
  /** Another size of micro-batches may change a feature by so many standard deviations. */
  readonly acrossSizes: number;
  readonly open: OpenExtractor;
}

/** What every engine must do with every network that it runs. */
export function describeExtractor({ name, network, engine, acrossSizes, open }: ExtractorCase): void {
  const { dimensions } = network.backbone;
  describe(`${name}, ${engine}, ${network.backbone.name}`, () => {
    let extractor: FeatureExtractor;
    beforeAll(async () => {
      extractor = await open();
    });
    afterAll(() => extractor.close());

    test('names its engine, version and threads', () => {
      expect(extractor.engine.name).toBe(engine);
      expect(extractor.engine.version).toMatch(/^[a-z]+ \d+\.\d+\.\d+( \([a-z]+\))?$/);
      expect(extractor.engine.threads).toBeGreaterThanOrEqual(1);
      expect(extractor.dimensions).toBe(dimensions);
    });

    test('computes the features of its fixtures', async () => {
      const expected = await network.readFeatures();
      const { images } = await extractor.extract(await readFixtures());
      FIXTURES.forEach((fixture, at) => {
        const error = network.errorOf(vectorOf(images[at]), expected[at] ?? new Float32Array());
        expect(error, fixture).toBeLessThanOrEqual(network.tolerance);
      });
    });

    test.each([0, 1, 7, 64])('turns %i pictures into as many vectors, in their order', async (count) => {
      const pictures = await makeJpegs(Math.min(count, 9));
      const asked = Array.from(
        { length: count },
        (_, at) => pictures[at % pictures.length] ?? new Uint8Array(),
      );
      const { images, seconds } = await extractor.extract(asked);
      expect(images).toHaveLength(count);
      const vectors = images.map(vectorOf);
      vectors.forEach((vector, at) => expect(vector).toEqual(vectors[at % pictures.length]));
      expect(new Set(vectors.map((vector) => Buffer.from(vector.buffer).toString('base64'))).size).toBe(
        pictures.length,
      );
      expect(seconds.decode > 0 && seconds.inference > 0).toBe(count > 0);
    });

    test('gives every vector memory of its own', async () => {
      const { images } = await extractor.extract(await makeJpegs(3));
      for (const image of images) expect(vectorOf(image).buffer.byteLength).toBe(dimensions * 4);
    });

    test('refuses bad pictures where they stand and computes the others all the same', async () => {
      const [first, second] = await makeJpegs(2);
      if (first === undefined || second === undefined) throw new Error('Two pictures were asked for.');
      const good = (await extractor.extract([first, second])).images;
      const mixed = [new Uint8Array(), first, second.subarray(0, 900), Buffer.from('GIF89a'), second];
      const { images } = await extractor.extract(mixed);
      expect(images.map(({ kind }) => kind)).toEqual(['refused', 'feature', 'refused', 'refused', 'feature']);
      expect([images[1], images[4]]).toEqual(good);
      expect(images[0]).toEqual({ kind: 'refused', reason: 'is empty (0 bytes)' });
    });

    test('refuses a call of nothing but bad pictures without failing it', async () => {
      const { images, seconds } = await extractor.extract(
        Array.from({ length: 20 }, () => new Uint8Array(9)),
      );
      expect(images.map(({ kind }) => kind)).toEqual(Array.from({ length: 20 }, () => 'refused'));
      expect(seconds.inference).toBe(0);
    });

    test('gives the same bits whatever the neighbours, the place and the call', async () => {
      const pictures = await makeJpegs(11);
      const together = (await extractor.extract(pictures)).images.map(vectorOf);
      const reversed = (await extractor.extract([...pictures].reverse())).images.map(vectorOf).reverse();
      expect(reversed).toEqual(together);
      for (const at of [0, 5, 10]) {
        const alone = await extractor.extract(pictures.slice(at, at + 1));
        expect(vectorOf(alone.images[0])).toEqual(together[at]);
      }
    });

    test('gives the same features in micro-batches of another size, the last one ragged', async () => {
      const pictures = await makeJpegs(11);
      const expected = (await extractor.extract(pictures)).images.map(vectorOf);
      const other = await open({ microBatch: 3, threads: 1, decoders: 3 });
      try {
        const received = (await other.extract(pictures)).images.map(vectorOf);
        expect(received).toHaveLength(11);
        received.forEach((vector, at) =>
          expect(differenceInDeviations(vector, expected[at] ?? new Float32Array())).toBeLessThanOrEqual(
            acrossSizes,
          ),
        );
      } finally {
        await other.close();
      }
    });

    test('keeps overlapping calls apart', async () => {
      const pictures = await makeJpegs(20);
      const one = (await extractor.extract(pictures)).images;
      const calls = await Promise.all(
        [0, 3, 9, 14].map(async (start) => (await extractor.extract(pictures.slice(start))).images),
      );
      expect(calls).toEqual([0, 3, 9, 14].map((start) => one.slice(start)));
    });

    test('reports progress that grows up to the number of pictures', async () => {
      const seen: number[] = [];
      await extractor.extract(await makeJpegs(20), { onProgress: (done) => seen.push(done) });
      expect(seen.length).toBeGreaterThan(1);
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
      expect(seen.at(-1)).toBe(20);
    });

    test('throws the reason of an abort, before and during a call, and goes on with other calls', async () => {
      const pictures = await makeJpegs(30);
      const reason = new Error('no longer wanted');
      await expect(extractor.extract(pictures, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      const during = new AbortController();
      const other = extractor.extract(pictures.slice(0, 10));
      const dropped = extractor.extract(pictures, {
        signal: during.signal,
        onProgress: () => during.abort(reason),
      });
      await expect(dropped).rejects.toBe(reason);
      expect((await other).images).toHaveLength(10);
      expect((await extractor.extract(pictures.slice(0, 1))).images).toHaveLength(1);
    });

    test('refuses calls after it was closed, ends those under way, and leaves nothing open', async () => {
      const before = handlesOf().length;
      const brief = await open();
      const pictures = await makeJpegs(40);
      await brief.extract(pictures.slice(0, 1));
      const cut = brief.extract(pictures);
      const outcome = expect(cut).rejects.toThrow('The extractor is closed');
      await brief.close();
      await outcome;
      await brief.close();
      await expect(brief.extract(pictures)).rejects.toThrow('The extractor is closed');
      await expect.poll(() => handlesOf().length).toBeLessThanOrEqual(before); // the system takes a moment
    });
  });
}

function vectorOf(image: ExtractedImage | undefined): Float32Array {
  if (image?.kind !== 'feature') throw new Error(`Expected a feature, received ${JSON.stringify(image)}.`);
  return image.vector;
}

/** What keeps this process alive, but for the test runner's own timers. */
const handlesOf = (): readonly string[] =>
  process
    .getActiveResourcesInfo()
    .filter((kind) => ['MessagePort', 'PipeWrap', 'ProcessWrap', 'Worker', 'FSReqPromise'].includes(kind))
    .sort();
