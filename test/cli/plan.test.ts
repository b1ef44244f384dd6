import { createHash } from 'node:crypto';
import { copyFile, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolveBackbone } from '../../backbones/registry.js';
import { keepTuning, tuningKey } from '../../engines/tuning/kept-tuning.js';
import { recordSpeed } from '../../planning/speed.js';
import { createFileStore } from '../../storage/file-store.js';
import { type Ended, lastLine, runGraft } from '../support/graft-command.js';
import { needs, testWith } from '../support/needs.js';
import { writePictures } from '../support/picture-folder.js';
import { temporaryFolder } from '../support/temporary-folder.js';

interface PlanLine {
  readonly version: string;
  readonly compute: number;
  readonly reused: number;
  readonly reasons: Readonly<Record<string, number>>;
  readonly batches: number;
  readonly difference: string | null;
  readonly predicted: unknown;
}

function planOf({ code, stdout, stderr }: Ended): PlanLine {
  if (code !== 0) throw new Error(`graft plan exited with ${String(code)}: ${stderr}`);
  return JSON.parse(stdout) as PlanLine;
}

/** Every file under a folder with the hash of its bytes; the server's own folder may change by itself. */
async function contentsOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const kept = files.filter((file) => !file.includes('.temporal')).sort();
  const hashes = kept.map(async (file) =>
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex'),
  );
  const found = await Promise.all(hashes);
  return Object.fromEntries(kept.map((file, at) => [file, found[at] ?? '']));
}

describe('graft plan', () => {
  test('plans the sample without Temporal, and leaves a fresh folder as it was', async () => {
    const folder = await temporaryFolder();
    const { code, stdout } = await runGraft(['plan', 'sample', '--batch-size', '50'], {
      folder,
      temporalCli: '/nowhere',
    });
    expect(code).toBe(0);
    expect(stdout).toContain('(not there yet)');
    expect(stdout).toMatch(/^Pictures +800 in 2 classes, 800 not in the store yet$/m);
    expect(stdout).toMatch(/^To compute +800 new$/m);
    expect(stdout).toMatch(/^To reuse +0 features$/m);
    expect(stdout).toMatch(/^Batches +18 of at most 50 pictures$/m);
    expect(stdout).toMatch(/^Time +not measured yet: graft tune/m);
    expect(stdout).toMatch(/^ {2}graft run sample --batch-size 50$/m);
    expect(await readdir(folder)).toEqual([]);
  });

  test('predicts by what graft tune measured here, and by the last run where there is one', async () => {
    const folder = await temporaryFolder();
    const backbone = await resolveBackbone('efficientnet-lite0');
    const options = { folder, temporalCli: '' };
    const key = tuningKey(backbone, 'onnx-cpu');
    const setting = { sessions: 1, threads: 1, decoders: 1, tensors: 1, spareThreads: 0, spinning: false };
    await keepTuning(join(folder, 'cache'), key, setting, 50);
    const tuned = await runGraft(['plan', 'sample'], options);
    expect(tuned.stdout).toMatch(/^Time +about 16 s, at the 50\.0 images\/s of graft tune \(onnx-cpu\)$/m);

    await recordSpeed(createFileStore(join(folder, 'graft-data')), backbone.fingerprint, {
      ...{ engine: 'onnx-cpu', runId: '01a20bae-d38e', measuredAt: '2026-01-01T00:00:00.000Z' },
      ...{ images: 800, imagesPerSecond: 1 },
    });
    const ran = await runGraft(['plan', 'sample'], options);
    expect(ran.stdout).toMatch(/^Time +about 13 min, at the 1\.00 images\/s of run 01a20bae \(onnx-cpu\)$/m);
    const other = await runGraft(['plan', 'sample', '--engine', 'onnx-cuda'], options);
    expect(other.stdout).toMatch(/^Time +not measured yet/m);
  });

  test('names pictures that would be refused, whatever they are called', async () => {
    const folder = await temporaryFolder();
    await writePictures(join(folder, 'pictures'), 30);
    await writeFile(join(folder, 'pictures/training/warm', 'no\u001b[31mpicture.jpg'), 'x');
    const { stdout } = await runGraft(['plan', 'colours', '--source', 'pictures'], {
      folder,
      temporalCli: '',
    });
    expect(stdout).toMatch(/^Quarantined +1: training\/warm\/no.*picture\.jpg is a text file/m);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toMatch(/^To compute +180 new$/m);
  });

  testWith(
    [needs.temporalCli],
    'foretells what runs compute, and changes nothing in their store',
    async ([temporalCli = '']) => {
      const folder = await temporaryFolder();
      const options = { folder, temporalCli };
      const pictures = join(folder, 'pictures');
      const store = join(folder, 'graft-data');
      await writePictures(pictures, 4);
      const words = ['colours', '--source', 'pictures', '--batch-size', '5', '--json'];
      const plan = async (...more: readonly string[]): Promise<PlanLine> => {
        const before = await contentsOf(store);
        const planned = planOf(await runGraft(['plan', ...words, ...more], options));
        expect(await contentsOf(store)).toEqual(before);
        return planned;
      };
      /** What a run computes, and in how many batches. */
      const run = async (...more: readonly string[]) => {
        const leave = ['--promotion-otherwise', 'leave'];
        const { receipt } = lastLine(await runGraft(['run', ...words, ...leave, ...more], options));
        const { computed, reused, batches } = JSON.parse(await readFile(receipt, 'utf8')) as {
          readonly computed: number;
          readonly reused: number;
          readonly batches: number;
        };
        return { compute: computed, reused, batches };
      };

      const first = await plan();
      expect(first).toMatchObject({ compute: 24, reused: 0, reasons: { new: 24 }, predicted: null });
      expect(first).toMatchObject(await run());

      const again = await plan();
      expect(again).toMatchObject({
        version: first.version,
        compute: 0,
        reused: 24,
        reasons: {},
        batches: 0,
      });

      await writePictures(join(folder, 'others'), 1, 90);
      await copyFile(join(folder, 'others/training/warm/90.jpg'), join(pictures, 'training/warm/0.jpg'));
      await copyFile(join(folder, 'others/training/cold/90.jpg'), join(pictures, 'training/cold/5.jpg'));
      const changed = await plan();
      expect(changed).toMatchObject({ compute: 2, reused: 23, reasons: { new: 1, changed: 1 } });
      expect(changed.version).not.toBe(first.version);
      expect(changed).toMatchObject(await run());

      const other = ['--backbone', 'efficientnet-lite0-fast'];
      const recipe = await plan(...other);
      expect(recipe).toMatchObject({ compute: 25, reasons: { recipe: 25 }, difference: 'recipe' });
      const told = await runGraft(['plan', ...words.slice(0, -1), ...other], options);
      expect(told.stdout).toMatch(
        /efficientnet-lite0 .* in the last run, now efficientnet-lite0-fast .* the recipe crop-bicubic-fast/,
      );
      expect(recipe).toMatchObject(await run(...other));
    },
    240_000,
  );

  test.each([
    ['an unknown data set', ['nothing-known'], /^graft: The dataset "nothing-known" is not one/],
    ['an unknown backbone', ['sample', '--backbone', 'nix'], /^graft: backbone: expected one of .*"nix"/],
    ['a source that is not there', ['birds', '--source', './none.zip'], /^graft: The source ".*none.zip"/],
    ['a store that is no folder', ['sample', '--store', '/dev/null'], /^graft: The store \/dev\/null/],
    ['an option of the workflow', ['sample', '--batch-size', '0'], /^graft: input\.batchSize: expected/],
  ])('refuses %s in one sentence and writes nothing', async (_, words, sentence) => {
    const folder = await temporaryFolder();
    const { code, stdout, stderr } = await runGraft(['plan', ...words], { folder, temporalCli: '' });
    expect(stderr).toMatch(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(await readdir(folder)).toEqual([]);
  });
});
