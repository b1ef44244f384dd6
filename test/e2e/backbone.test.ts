import { copyFile, readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Ended, lastLine, runGraft } from '../support/graft-command.js';
import { needs, testWith } from '../support/needs.js';
import { writePictures } from '../support/picture-folder.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const MINUTE = 60_000;
const MINI = resolve('test/fixtures/vgg16/vgg16-mini.h5');
const VGG19 = resolve('test/fixtures/vgg16/vgg19-keras3.weights.h5');
const FAST = 'crop-bicubic-fast';
const BUNDLED = resolve('models/efficientnet-lite0.onnx');

/** Runs `graft …` in a folder of its own; none of these verbs asks for Temporal. */
async function openFolder() {
  const folder = await temporaryFolder();
  const graft = (...args: readonly string[]): Promise<Ended> => runGraft(args, { folder, temporalCli: '' });
  const registered = async (): Promise<string[]> =>
    (await readdir(join(folder, 'graft-data/backbones'), { recursive: true }).catch(() => [])).filter(
      (name) => /\.(json|onnx)$/.test(name),
    );
  return { folder, graft, registered };
}

/** Serves one file on a free loopback port until the test ends. */
async function serve(file: string): Promise<string> {
  const bytes = await readFile(file);
  const server = createServer((_request, response) => response.end(bytes)).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('graft backbone', () => {
  test(
    'adds a VGG from a file, lists it, shows it, and removes it',
    async () => {
      const { graft, registered } = await openFolder();
      const added = await graft('backbone', 'add', 'vgg16', '--weights', MINI);
      expect(added).toMatchObject({ code: 0 });
      expect(added.stdout).toMatch(
        /^Registered vgg16 in file:.*VGG16, 3,136 features, float32, keras-nearest/,
      );
      expect(await registered()).toHaveLength(2);

      const again = await graft('backbone', 'add', 'vgg16', '--weights', MINI);
      expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('already') as string });
      const other = await graft('backbone', 'add', 'vgg16-19', '--weights', VGG19);
      expect(other.code).toBe(2);

      const listed = await graft('backbone', 'list', '--json');
      const names = listed.stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { name: string }).name);
      expect(names).toEqual(['efficientnet-lite0', 'efficientnet-lite0-fast', 'vgg16']);
      expect((await graft('backbone', 'list')).stdout).toMatch(/efficientnet-lite0 .*comes with Graft\)/);

      const shown = await graft('backbone', 'show', 'vgg16');
      expect(shown.stdout).toMatch(
        /features +3,136, float32\n.*origin +vgg16-mini\.h5, SHA-256 [0-9a-f]{64}/s,
      );
      const record = JSON.parse((await graft('backbone', 'show', 'vgg16', '--json')).stdout) as object;
      expect(record).toMatchObject({ recipe: { name: 'keras-nearest', side: 224 }, precision: 'float32' });

      const removed = await graft('backbone', 'remove', 'vgg16');
      expect(removed.stdout).toContain('Its features stay');
      expect(await registered()).toEqual([]);
    },
    3 * MINUTE,
  );

  test(
    'adds an ONNX network from an address',
    async () => {
      const { graft } = await openFolder();
      const url = `${await serve(BUNDLED)}/lite.onnx`;
      const licence = ['--title', 'Lite\u001b[31m', '--licence', 'Apache-2.0'];
      const added = await graft('backbone', 'add', 'lite', '--onnx', url, '--recipe', FAST, ...licence);
      expect(added).toMatchObject({ code: 0 });
      expect(added.stdout).toContain('Lite\\x1b[31m, 1,280 features, float32, crop-bicubic-fast');
      const again = await graft(
        'backbone',
        'add',
        'lite',
        '--onnx',
        BUNDLED,
        '--licence',
        'MIT',
        '--recipe',
        FAST,
      );
      expect(again.stdout).toMatch(
        /already.*\nIts title and licence stay .*"Apache-2\.0".*backbone remove lite/,
      );
      const shown = await graft('backbone', 'show', 'lite');
      expect(shown.stdout).toMatch(new RegExp(`licence +Apache-2\\.0\norigin +${url}`));
    },
    MINUTE,
  );

  test(
    'gets weights from a mirror, and keeps none that are not the published ones',
    async () => {
      const { folder, registered } = await openFolder();
      const environment = { GRAFT_WEIGHTS_MIRROR: await serve(MINI) };
      const options = { folder, temporalCli: '', environment };
      const { code, stderr } = await runGraft(['backbone', 'add', 'vgg16'], options);
      expect(stderr).toMatch(/127\.0\.0\.1.* sends a file of 957,464 bytes, expected 58,889,256/);
      expect(stderr).toMatch(/--weights/);
      expect(code).not.toBe(0);
      expect(await registered()).toEqual([]);
    },
    MINUTE,
  );
});

interface Case {
  readonly what: string;
  readonly args: readonly string[];
  readonly says: RegExp;
}

const CASES: readonly Case[] = [
  { what: 'a bundled name', args: ['efficientnet-lite0', '--weights', MINI], says: /comes with Graft/ },
  { what: 'a name that is none', args: ['VGG 16', '--weights', MINI], says: /expected a name of 1 to 63/ },
  { what: 'a name without a network', args: ['resnet50'], says: /needs --onnx/ },
  { what: 'the weights of another network', args: ['vgg19', '--weights', MINI], says: /block3_conv4/ },
  { what: 'weights that are no HDF5', args: ['vgg16', '--weights', 'text'], says: /text is not HDF5/ },
  { what: 'weights that are cut off', args: ['vgg16', '--weights', 'cut.h5'], says: /cut\.h5/ },
  { what: 'weights that are missing', args: ['vgg16', '--weights', 'no.h5'], says: /no\.h5 cannot be read/ },
  { what: 'two files', args: ['vgg16', '--weights', MINI, '--onnx', BUNDLED], says: /exclude each other/ },
  { what: 'an option of ONNX', args: ['vgg16', '--weights', MINI, '--mean', '1'], says: /--mean belongs/ },
  { what: 'an ONNX file that is none', args: ['mine', '--onnx', 'text'], says: /text is not an ONNX/ },
  {
    what: 'an ONNX file that is missing',
    args: ['mine', '--onnx', 'no.onnx'],
    says: /no\.onnx cannot be read/,
  },
  { what: 'a folder', args: ['mine', '--onnx', '.'], says: /\. is no file/ },
  { what: 'a size that is none', args: ['mine', '--onnx', BUNDLED, '--size', 'x'], says: /1 to 4096/ },
  {
    what: 'a recipe that is none',
    args: ['mine', '--onnx', BUNDLED, '--recipe', 'x'],
    says: /keras-nearest/,
  },
  { what: 'an empty title', args: ['mine', '--onnx', BUNDLED, '--title', ''], says: /Expected a text/ },
  { what: 'no place', args: ['mine', '--onnx', ''], says: /Expected a text/ },
  { what: 'an output that is none', args: ['mine', '--onnx', BUNDLED, '--output', 'nix'], says: /nix/ },
];

describe('graft backbone add exits with 2, a sentence and nothing registered for', () => {
  test.each(CASES)(
    '$what',
    async ({ args, says }) => {
      const { folder, graft, registered } = await openFolder();
      await writeFile(join(folder, 'text'), 'neither the one nor the other, '.repeat(50));
      await writeFile(join(folder, 'cut.h5'), (await readFile(MINI)).subarray(0, 500_000));
      const { code, stderr, stdout } = await graft('backbone', 'add', ...args);
      expect(stderr).toMatch(says);
      expect(code).toBe(2);
      expect(stderr + stdout).not.toMatch(/\n\s+at /);
      expect(await registered()).toEqual([]);
    },
    MINUTE,
  );

  test(
    'a name that stands for another network',
    async () => {
      const { graft, registered } = await openFolder();
      await graft('backbone', 'add', 'vgg16', '--weights', MINI);
      const before = await registered();
      const { code, stderr } = await graft('backbone', 'add', 'vgg16', '--onnx', BUNDLED);
      expect(stderr).toMatch(/stands for another network.*graft backbone remove vgg16/);
      expect(code).toBe(2);
      expect(await registered()).toEqual(before);
      for (const verb of ['show', 'remove'])
        expect(await graft('backbone', verb, 'vgg19')).toMatchObject({
          code: 2,
          stderr: expect.stringMatching(/registered in .*: vgg16\); received "vgg19"/) as string,
        });
    },
    MINUTE,
  );
});

describe('a run through a registered backbone', () => {
  testWith(
    [needs.temporalCli],
    'registers it by its weights, classifies through it, and notices when it is another',
    async ([temporalCli = '']) => {
      const folder = await temporaryFolder();
      const graft = (...args: readonly string[]): Promise<Ended> => runGraft(args, { folder, temporalCli });
      await writePictures(join(folder, 'pictures'), 3);
      await copyFile(MINI, join(folder, 'mini.h5'));
      const run = ['run', 'colours', '--source', 'pictures', '--backbone', 'vgg16', '--json'];

      expect(await graft(...run)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('Register it first: graft backbone add vgg16.') as string,
      });
      const first = lastLine(await graft(...run, '--weights', 'mini.h5'));
      expect(JSON.parse(await readFile(first.receipt, 'utf8'))).toMatchObject({ computed: 18, missing: 0 });

      const classified = await graft('classify', 'pictures/evaluation', '--json');
      expect(classified).toMatchObject({ code: 0 });
      expect(classified.stdout.trim().split('\n')).toHaveLength(6);
      expect((await graft('doctor')).stdout).toMatch(/✔ backbone +vgg16: VGG16, 3,136 features/);

      expect(await graft('backbone', 'remove', 'vgg16')).toMatchObject({ code: 0, stderr: '' });
      expect((await graft('classify', 'pictures')).stderr).toContain('graft backbone add vgg16');
      const other = await graft('backbone', 'add', 'vgg16', '--onnx', BUNDLED);
      expect(other).toMatchObject({ code: 0 });
      const refused = await graft('classify', 'pictures');
      expect(refused.code).toBe(2);
      expect(refused.stderr).toMatch(
        /trained on features of another network than the one that is called "vgg16"/,
      );

      expect(await graft('backbone', 'remove', 'vgg16')).toMatchObject({ code: 0, stderr: '' });
      const again = lastLine(await graft(...run, '--weights', 'mini.h5'));
      expect(JSON.parse(await readFile(again.receipt, 'utf8'))).toMatchObject({ computed: 0, reused: 18 });
    },
    4 * MINUTE,
  );
});
