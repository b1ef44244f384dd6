import { readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Ended, runGraft } from '../support/graft-command.js';
import { needs, testWith } from '../support/needs.js';
import { writePictures } from '../support/picture-folder.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const MINUTE = 60_000;
const MINI = resolve('test/fixtures/vgg16/vgg16-mini.h5');

/** A folder with pictures, six of each class in all three splits, and the mini VGG16 in its store. */
async function openFolder(temporalCli = '') {
  const folder = await temporaryFolder();
  const graft = (...args: readonly string[]): Promise<Ended> => runGraft(args, { folder, temporalCli });
  await writePictures(join(folder, 'pictures'), 6);
  expect(await graft('backbone', 'add', 'vgg16', '--weights', MINI)).toMatchObject({ code: 0 });
  const records = async () =>
    (await readdir(join(folder, 'graft-data/backbones'))).filter((file) => file.endsWith('.json')).sort();
  return { folder, graft, records };
}

describe('graft backbone quantize', () => {
  testWith(
    [needs.temporalCli],
    'makes an int8 network with the pictures of a run, and graft backbone test keeps how good it is',
    async ([temporalCli = '']) => {
      const { folder, graft } = await openFolder(temporalCli);
      const run = await graft('run', 'colours', '--source', 'pictures', '--backbone', 'vgg16', '--no-ui');
      expect(run).toMatchObject({ code: 0 });

      const made = await graft('backbone', 'quantize', 'vgg16', '--images', '6');
      expect(made).toMatchObject({ code: 0 });
      expect(made.stdout).toMatch(/^vgg16-int8 is registered in file:.*cosine to vgg16 0\.99/);
      const again = await graft('backbone', 'quantize', 'vgg16', '--images', '6');
      expect(again.stdout).toMatch(/^vgg16-int8 is registered already/);

      const tested = await graft('backbone', 'test', 'vgg16-int8');
      expect(tested).toMatchObject({ code: 0 });
      expect(tested.stderr).toContain('vgg16: 0 features computed, 24 from the store');
      expect(tested.stdout).toMatch(/vgg16-int8 +1\.0000 .*\ncosine +mean 0\.99\d+, least 0\.9/s);
      const shown = await graft('backbone', 'show', 'vgg16-int8');
      expect(shown.stdout).toMatch(/made from +vgg16, fingerprint .*\ntest +cosine to vgg16 0\.99/s);

      const record = join(folder, 'graft-data/backbones/vgg16.json');
      await writeFile(record, '{}');
      const broken = await graft('backbone', 'test', 'vgg16-int8');
      expect(broken).toMatchObject({ code: 4, stdout: '' });
      expect(broken.stderr).toMatch(/vgg16\.json is not a backbone's record .*graft backbone remove vgg16/);
      const listed = await graft('backbone', 'list');
      expect(listed.code).toBe(4);
      expect(listed.stderr).toMatch(/^! backbones\/vgg16\.json is not a backbone's record [^\n]*\n$/);
      expect(listed.stdout).toMatch(/^vgg16-int8 /m);
    },
    4 * MINUTE,
  );

  test(
    'refuses what cannot be in one sentence with code 2, and registers nothing',
    async () => {
      const { graft, records } = await openFolder();
      const quantize = (...args: readonly string[]) => graft('backbone', 'quantize', ...args);
      const from = ['--pictures', 'pictures'];
      const refused: readonly (readonly [readonly string[], RegExp])[] = [
        [['vgg19', ...from], /received "vgg19"\. Register it first: graft backbone add vgg19/],
        [['vgg16', ...from], /Expected 128 pictures for calibration, received 36 from "pictures"/],
        [['vgg16', ...from, '--images', '0'], /Expected 1 or more, received "0"/],
        [['vgg16', '--pictures', 'nowhere'], /--pictures nowhere cannot be read/],
        [['vgg16'], /Run it first: graft run sample/],
        [['vgg16', ...from, '--name', 'vgg16'], /"vgg16" stands for another network .*with --name/],
        [['vgg16', ...from, '--name', 'VGG 16'], /expected a name of 1 to 63/],
      ];
      for (const [args, sentence] of refused) {
        const { code, stderr, stdout } = await quantize(...args);
        expect(stderr).toMatch(sentence);
        expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' });
        expect(stderr).not.toMatch(/\n\s+at /);
      }
      expect(await records()).toEqual(['vgg16.json']);

      expect(await quantize('vgg16', ...from, '--images', '2')).toMatchObject({ code: 0 });
      expect((await quantize('vgg16-int8', ...from)).stderr).toMatch(/"vgg16-int8" is quantised already/);
      expect(await records()).toEqual(['vgg16-int8.json', 'vgg16.json']);
    },
    3 * MINUTE,
  );
});
