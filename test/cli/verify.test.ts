import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { lastLine, runGraft } from '../support/graft-command.js';
import { needs, testWith } from '../support/needs.js';
import { writePictures } from '../support/picture-folder.js';
import { temporaryFolder } from '../support/temporary-folder.js';

interface Verified {
  readonly runId: string;
  readonly status: string;
  readonly findings: readonly { readonly kind: string; readonly object: string }[];
}

describe('graft verify', () => {
  testWith(
    [needs.temporalCli],
    'finds a real run whole, and names what was done to it since',
    async ([temporalCli = '']) => {
      const folder = await temporaryFolder();
      const options = { folder, temporalCli };
      await writePictures(join(folder, 'pictures'), 4);
      const { runId } = lastLine(
        await runGraft(['run', 'colours', '--source', 'pictures', '--batch-size', '8', '--json'], options),
      );
      const verify = async (
        ...more: readonly string[]
      ): Promise<Verified & { readonly code: number | null }> => {
        const { code, stdout } = await runGraft(['verify', runId, '--json', ...more], options);
        return { ...(JSON.parse(stdout) as Verified), code };
      };

      const whole = await runGraft(['verify', 'last', '--sample', '4'], options);
      expect(whole.stdout).toContain('24 pictures');
      expect(whole.stdout).toMatch(/4 features +\d+\.\d s\n +computed again by onnx-cpu, onnxruntime/);
      expect(whole.stdout).toContain('Nothing is lost, nothing is altered.');
      expect(whole.code).toBe(0);
      expect(await verify('--sample', '0')).toMatchObject({ code: 0, runId, status: 'intact', findings: [] });

      const store = join(folder, 'graft-data');
      const images = 'datasets/colours/images/evaluation/warm';
      const [picture = ''] = await readdir(join(store, images));
      await rm(join(store, images, picture));
      const model = join(store, 'models', (await readdir(join(store, 'models')))[0] ?? '', 'head.json');
      await writeFile(model, (await readFile(model, 'utf8')).replace('"intercept":[', '"intercept":[1'));
      const damaged = await verify('--sample', '0');
      expect(damaged).toMatchObject({ code: 3, status: 'damaged' });
      expect(damaged.findings.map(({ kind }) => kind)).toEqual(['picture missing', 'head altered']);
      expect(damaged.findings[0]?.object).toBe(`${images}/${picture}`);

      await writeFile(join(store, 'runs', runId, 'outcome.json'), '{"status":');
      const broken = await runGraft(['verify', runId], options);
      expect(broken.code).toBe(3);
      expect(broken.stdout).toContain(`runs/${runId}/outcome.json`);
      expect(broken.stdout + broken.stderr).not.toMatch(/defect|\n +at /);
    },
    180_000,
  );

  testWith([], 'refuses a run that is not there', async () => {
    const folder = await temporaryFolder();
    const { code, stderr } = await runGraft(['verify', 'last'], { folder, temporalCli: '' });
    expect(stderr).toMatch(/^graft: No run has ended in .*Start one: graft run sample\n$/);
    expect(code).toBe(2);
  });
});
