import { describe, expect, test } from 'vitest';
import { fitHead } from '../../heads/fit-head.js';
import type { HeadKind, HeadSettings, Matrix } from '../../heads/head.js';
import { type StreamedFitOptions, fitStreamed } from '../../heads/streamed/fit-streamed.js';
import type { ShardSource } from '../../heads/streamed/shard-source.js';
import { dominantMeanRows } from './dominant-mean.js';
import { expectEqualHeads } from './equal-heads.js';
import { readParityCases } from './parity.js';

const KINDS: readonly HeadKind[] = ['logistic-regression', 'linear-svm'];
const SETTINGS: HeadSettings = { C: 1, classWeight: 'none', tol: 1e-8, maxIterations: 100 };
const ENOUGH = { memoryBytes: 2 ** 28 };

/** Shards of 17 rows, copied anew for each pass, and how many passes there were. */
function shardsOf({ rows, columns, data }: Matrix, labels: readonly number[]) {
  const passes = { count: 0 };
  const source: ShardSource = async function* () {
    passes.count++;
    for (let from = 0; from < rows; from += 17) {
      const to = Math.min(rows, from + 17);
      await Promise.resolve();
      const features = { rows: to - from, columns, data: data.slice(from * columns, to * columns) };
      yield { features, labels: labels.slice(from, to) };
    }
  };
  return { source, passes };
}

describe.each(readParityCases())(
  'on scikit-learn’s data set "$name"',
  ({ training, classes, fits, svms }) => {
    const { source } = shardsOf(training.features, training.labels);

    test.each(fits)('logistic regression, C = $C, is the one that scikit-learn fits', async (reference) => {
      const settings = { ...SETTINGS, C: reference.C };
      expectEqualHeads(
        await fitStreamed(source, 'logistic-regression', classes, settings, ENOUGH),
        reference,
      );
    });

    test.each(svms)('the machine, C = $C, is the one that scikit-learn fits', async (reference) => {
      const settings = { ...SETTINGS, C: reference.C };
      expectEqualHeads(await fitStreamed(source, 'linear-svm', classes, settings, ENOUGH), reference);
    });

    test.each(KINDS)('%s, balanced and standardised, is the head of the features in memory', async (kind) => {
      const settings: HeadSettings = { ...SETTINGS, C: 0.1, classWeight: 'balanced', standardise: true };
      const expected = fitHead(kind, training.features, training.labels, classes, {
        ...settings,
        tol: 1e-12,
      });
      expectEqualHeads(await fitStreamed(source, kind, classes, settings, ENOUGH), expected, 1e-6);
    });
  },
);

describe.each([2, 4])('on features with a dominant mean, of %d classes,', (classCount) => {
  const { features, labels, classes } = dominantMeanRows(90, 300, classCount);
  const { source, passes } = shardsOf(features, labels);

  test.each(KINDS)('%s is the head of the features in memory', async (kind) => {
    const settings: HeadSettings = { ...SETTINGS, C: 0.001 };
    const head = await fitStreamed(source, kind, classes, settings, ENOUGH);
    expectEqualHeads(head, fitHead(kind, features, labels, classes, { ...settings, tol: 1e-12 }), 1e-6);
    expect(passes.count).toBeGreaterThan(2);
  });
});

describe('a streamed fit', () => {
  const { features, labels, classes } = dominantMeanRows(40, 50, 2);
  const { source } = shardsOf(features, labels);
  const fit = (
    of: ShardSource,
    settings: Partial<HeadSettings> = {},
    options: Partial<StreamedFitOptions> = {},
  ) =>
    fitStreamed(of, 'logistic-regression', classes, { ...SETTINGS, ...settings }, { ...ENOUGH, ...options });

  test('says what memory it needs where it may not have it', async () => {
    await expect(fit(source, {}, { memoryBytes: 1000 })).rejects.toThrow(
      /40 × 50 features shard by shard needs 1 MB and may use 0 MB: allow more/,
    );
  });

  test('is given up in the middle of a pass with the reason of the signal', async () => {
    const controller = new AbortController();
    const cancelled: ShardSource = async function* () {
      for await (const shard of source()) {
        yield shard;
        controller.abort(new Error('the run was cancelled'));
      }
    };
    await expect(fit(cancelled, {}, { signal: controller.signal })).rejects.toThrow('the run was cancelled');
  });

  test('refuses bad input with a sentence', async () => {
    const damaged = { ...features, data: features.data.map((value, at) => (at === 51 ? Number.NaN : value)) };
    await expect(fit(shardsOf(damaged, labels).source)).rejects.toThrow(/row 1, column 1: expected a finite/);
    await expect(fit(shardsOf(features, labels.slice(0, 30)).source)).rejects.toThrow(
      /expected one label per row/,
    );
    await expect(
      fit(shardsOf({ rows: 0, columns: 5, data: new Float32Array(0) }, []).source),
    ).rejects.toThrow(/needs rows and received none/);
    await expect(
      fit(
        shardsOf(
          features,
          labels.map(() => 0),
        ).source,
      ),
    ).rejects.toThrow(/no rows of class "class-1"/);
    await expect(fit(source, { C: 0 })).rejects.toThrow(/C, .*above 0/);
  });

  test('fails where the rows change between two passes', async () => {
    let passes = 0;
    const shrinking: ShardSource = async function* () {
      passes++;
      for await (const shard of source()) if (passes === 1 || shard.features.rows === 17) yield shard;
    };
    await expect(fit(shrinking)).rejects.toThrow(/changed between two passes: expected 40, received 34/);
  });
});
