import { mkdir, readFile, readdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { runGraft } from '../support/graft-command.js';
import { needs, testWith } from '../support/needs.js';
import { writePictures } from '../support/picture-folder.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const MINUTE = 60_000;

interface Case {
  readonly what: string;
  readonly prepare?: (folder: string) => Promise<void>;
  readonly args: readonly string[];
  readonly says: readonly RegExp[];
}

const onlyTraining = async (folder: string): Promise<void> => {
  for (const name of ['a', 'b']) {
    await mkdir(join(folder, 'pictures/training', name), { recursive: true });
    await writeFile(join(folder, 'pictures/training', name, '1.jpg'), 'x');
  }
};

const CASES: readonly Case[] = [
  {
    what: 'a source that is missing',
    args: ['--source', 'nowhere'],
    says: [/nowhere/, /does not exist|cannot be read/],
  },
  {
    what: 'a source that is no zip',
    prepare: (folder) => writeFile(join(folder, 'not.zip'), 'this is no zip at all'.repeat(10)),
    args: ['--source', 'not.zip'],
    says: [/not\.zip/, /zip/],
  },
  {
    what: 'a C together with a choice of C',
    args: ['--tune', '--C', '1'],
    says: [/input\.head\.C: expected no C together with "tune"/],
  },
  {
    what: 'a class that validation lacks, where it shall choose',
    prepare: async (folder) => {
      await writePictures(join(folder, 'pictures'), 2);
      const [validation] = [join(folder, 'pictures/validation')];
      for (const name of (await readdir(validation)).slice(1))
        await rm(join(validation, name), { recursive: true });
    },
    args: ['--source', 'pictures', '--tune'],
    says: [/chosen \(--tune, --head auto\) by validation, which has no picture of the class/],
  },
  {
    what: 'a split that is missing',
    prepare: onlyTraining,
    args: ['--source', 'pictures'],
    says: [/validation|evaluation/],
  },
  {
    what: 'one class only',
    prepare: async (folder) => {
      await mkdir(join(folder, 'pictures/only'), { recursive: true });
      for (let at = 0; at < 10; at++) await writeFile(join(folder, `pictures/only/${at}.jpg`), `${at}`);
    },
    args: ['--source', 'pictures'],
    says: [/class/],
  },
  {
    what: 'an empty class',
    prepare: async (folder) => {
      await writePictures(join(folder, 'pictures'), 1);
      for (const split of ['training', 'validation', 'evaluation']) {
        await mkdir(join(folder, 'pictures', split, 'hollow'), { recursive: true });
      }
    },
    args: ['--source', 'pictures'],
    says: [/hollow/, /no picture/],
  },
  {
    what: 'an unknown backbone',
    args: ['--source', '.', '--backbone', 'resnet9000'],
    says: [/resnet9000/, /efficientnet-lite0/],
  },
  { what: 'an unknown data set', args: [], says: [/sample, food-5k/, /--source/] },
  { what: 'a batch size of nothing', args: ['--batch-size', '0'], says: [/batchSize/, /1 to 1000/] },
  { what: 'an unknown option', args: ['--sauce', 'x'], says: [/unknown option '--sauce'/, /--source/] },
  {
    what: 'an address that is no store',
    args: ['--source', '.', '--store', 'ftp://x/y'],
    says: [/ftp/, /s3:\/\//],
  },
  {
    what: 'a store that is a file',
    prepare: (folder) => writeFile(join(folder, 'file'), ''),
    args: ['--source', '.', '--store', 'file'],
    says: [/file/, /folder/],
  },
];

describe('wrong input exits with 2, one sentence and nothing written:', () => {
  for (const { what, prepare, args, says } of CASES) {
    testWith(
      [needs.temporalCli],
      what,
      async ([temporalCli = '']) => {
        const folder = await temporaryFolder();
        await prepare?.(folder);
        const { code, stderr, stdout } = await runGraft(['run', 'mine', ...args], { folder, temporalCli });
        for (const pattern of says) expect(stderr).toMatch(pattern);
        expect(code).toBe(2);
        expect(stderr + stdout).not.toMatch(/\n\s+at /);
        expect(await versionsIn(folder)).toEqual([]);
      },
      MINUTE,
    );
  }

  testWith(
    [needs.temporalCli],
    'a zip that ends in the middle',
    async ([temporalCli = '']) => {
      const folder = await temporaryFolder();
      await writeFile(join(folder, 'cut.zip'), await readFile('samples/icons.zip'));
      await truncate(join(folder, 'cut.zip'), 300_000);
      const { code, stderr } = await runGraft(['run', 'mine', '--source', 'cut.zip'], {
        folder,
        temporalCli,
      });
      expect(stderr).toMatch(/cut\.zip ends in the middle of/);
      expect(code).toBe(2);
      expect(await versionsIn(folder)).toEqual([]);
    },
    MINUTE,
  );

  testWith(
    [needs.temporalCli],
    'a port that is taken',
    async ([temporalCli = '']) => {
      const folder = await temporaryFolder();
      const holder = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => holder.once('listening', resolve));
      const address = holder.address();
      const port = typeof address === 'object' && address !== null ? String(address.port) : '';
      const { code, stderr } = await runGraft(['up', '--ui-port', port], { folder, temporalCli });
      holder.close();
      expect(stderr).toContain(port);
      expect(code).toBe(2);
    },
    MINUTE,
  );

  testWith(
    [needs.temporalCli],
    'a symbolic link in the source',
    async ([temporalCli = '']) => {
      const folder = await temporaryFolder();
      await writePictures(join(folder, 'pictures'), 1);
      await symlink('/etc/passwd', join(folder, 'pictures/training/cold/secret.jpg'));
      const { code, stderr } = await runGraft(['run', 'mine', '--source', 'pictures'], {
        folder,
        temporalCli,
      });
      expect(stderr).toMatch(/secret\.jpg.*link|link.*secret\.jpg/);
      expect(code).toBe(2);
    },
    MINUTE,
  );
});

describe('pictures that are none', () => {
  testWith(
    [needs.temporalCli],
    'are quarantined with their reasons, and the run goes on while they are few',
    async ([temporalCli = '']) => {
      const folder = await temporaryFolder();
      const options = { folder, temporalCli };
      await writePictures(join(folder, 'pictures'), 5);
      const training = join(folder, 'pictures/training/cold');
      await writeFile(join(training, 'zero.jpg'), '');
      await writeFile(join(training, 'page.jpg'), '<html><body>404</body></html>');
      const whole = await readFile(join(training, '0.jpg'));
      await writeFile(join(training, 'cut.jpg'), whole.subarray(0, whole.length / 2));

      const strict = await runGraft(['run', 'mine', '--source', 'pictures'], options);
      expect(strict.code).toBe(2);
      expect(strict.stderr).toMatch(/2 of 33/);

      const lenient = await runGraft(
        ['run', 'mine', '--source', 'pictures', '--max-bad-image-rate', '0.2', '--json'],
        options,
      );
      expect(lenient.code).toBe(0);
      const line = JSON.parse(lenient.stdout.trim().split('\n').at(-1) ?? '') as {
        receipt: string;
        report: string;
      };
      const receipt = JSON.parse(await readFile(line.receipt, 'utf8')) as object;
      expect(receipt).toMatchObject({ images: 33, features: 30, quarantined: 3, missing: 0 });
      const report = await readFile(line.report, 'utf8');
      for (const name of ['zero.jpg', 'page.jpg', 'cut.']) expect(report).toContain(name);
    },
    2 * MINUTE,
  );
});

/** Versions of data sets that the store holds: a refused one has left none. */
async function versionsIn(folder: string): Promise<string[]> {
  const found = await readdir(join(folder, 'graft-data'), { recursive: true }).catch(() => []);
  return found.filter((path) => path.includes('versions'));
}
