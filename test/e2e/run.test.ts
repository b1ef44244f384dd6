import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { Receipt } from '../../features/receipt.js';
import { lastLine, runGraft, startGraft } from '../support/graft-command.js';
import { needs, testWith } from '../support/needs.js';
import { writePictures } from '../support/picture-folder.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { startVersitygw } from '../support/versitygw.js';

const MINUTE = 60_000;
const RUN = ['run', 'colours', '--source', 'pictures', '--batch-size', '8', '--json'];

const readJson = async <Value>(file: string): Promise<Value> =>
  JSON.parse(await readFile(file, 'utf8')) as Value;

describe('graft run', () => {
  testWith(
    [needs.temporalCli],
    'trains once, recomputes nothing, computes only what is new, and asks before it replaces the champion',
    async ([temporalCli = '']) => {
      const folder = await temporaryFolder();
      const options = { folder, temporalCli };
      await writePictures(join(folder, 'pictures'), 10);

      const first = lastLine(await runGraft(RUN, options));
      const receipt = await readJson<Receipt>(first.receipt);
      expect(receipt).toMatchObject({
        images: 60,
        features: 60,
        computed: 60,
        reused: 0,
        missing: 0,
        batches: 9,
      });
      const metrics = await readJson<{ evaluation: { accuracy: number }; positive: string }>(first.metrics);
      expect(metrics.evaluation.accuracy).toBe(1);
      expect(metrics.positive).toBe('warm');
      expect(await readFile(first.report, 'utf8')).toContain('<html');

      const again = lastLine(await runGraft(RUN, options));
      const second = await readJson<Receipt>(again.receipt);
      expect(again.runId).not.toBe(first.runId);
      expect(second).toMatchObject({ computed: 0, reused: 60, contentHash: receipt.contentHash });
      expect(again).toMatchObject({ status: 'unchanged', metrics: first.metrics, report: first.report });
      const third = await runGraft(RUN.slice(0, -1), options);
      expect(third.code).toBe(0);
      expect(third.stdout).toContain(
        `Nothing has changed since run ${first.runId}: its model and report stand.`,
      );
      expect(third.stdout).toMatch(/^ {2}– train +unchanged since run/m);
      const nothingFailed = await runGraft(['retry', 'last'], options);
      expect(nothingFailed.code).toBe(2);
      expect(nothingFailed.stderr).toContain('has ended (unchanged): nothing of it failed.');
      const verified = await runGraft(['verify', 'last', '--sample', '0'], options);
      expect(verified.stdout).toContain('Nothing is lost, nothing is altered.');

      await writePictures(join(folder, 'pictures'), 2, 10);
      const asked = await runGraft(RUN, options);
      expect(asked.code).toBe(3);
      expect(asked.stderr).toContain('The run awaits approval: Only 24 evaluation pictures are left');
      const [, runId = ''] = /graft approve (\S+)/.exec(asked.stderr) ?? [];
      const more = await readJson<Receipt>(join(folder, 'graft-data/runs', runId, 'receipt.json'));
      expect(more).toMatchObject({ images: 72, computed: 12, reused: 60 });
      const waits = await runGraft(['status', 'last'], options);
      expect(waits.stdout).toMatch(/awaits approval: Only 24 .* {2}accuracy 1\.0000 {2}model [0-9a-f]{12}/);
      expect((await runGraft(['classify', 'pictures/evaluation'], options)).stderr).toMatch(
        /^model [0-9a-f]{12} · champion · trained on colours/,
      );
      const approved = await runGraft(['approve', 'last', '--reason', 'more pictures'], options);
      expect(approved.code).toBe(0);
      expect(approved.stdout).toMatch(/^Promotion {4}promoted: more pictures$/m);

      const classified = await runGraft(['classify', 'pictures/evaluation', '--json'], options);
      const lines = classified.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { file: string; class: string });
      expect(lines).toHaveLength(24);
      expect(lines.filter((line) => !line.file.includes(line.class))).toEqual([]);

      await writeFile(join(folder, 'notes.jpg'), 'no picture');
      const refused = await runGraft(['classify', 'notes.jpg', '--json'], options);
      expect(refused.code).toBe(2);
      expect(JSON.parse(refused.stdout)).toMatchObject({ file: 'notes.jpg', class: null });

      const status = await runGraft(['status'], options);
      expect(status.stdout.match(/(completed|unchanged) {2}accuracy 1\.0000/g)).toEqual(
        ['completed', 'unchanged', 'unchanged', 'completed'].map((how) => `${how}  accuracy 1.0000`),
      );
      const report = await runGraft(['report', first.runId], options);
      expect(report.stdout).toContain('weighted avg     1.0000    1.0000    1.0000        20');
    },
    3 * MINUTE,
  );

  testWith(
    [needs.temporalCli],
    'after kill -9 of everything the same command finishes and recomputes no finished batch',
    async ([temporalCli = '']) => {
      const folder = await temporaryFolder();
      const options = { folder, temporalCli };
      await writePictures(join(folder, 'pictures'), 60);

      const killed = startGraft(RUN, options);
      const finished = await shardsOnceThereAre(3, folder);
      const server = await readJson<{ server: { pid: number } }>(
        join(folder, 'graft-data/.temporal/server.json'),
      );
      killed.child.kill('SIGKILL');
      process.kill(server.server.pid, 'SIGKILL');
      await killed.ended;
      const atDeath = await shardTimes(folder);
      expect([...atDeath.keys()]).toEqual(expect.arrayContaining(finished));

      const resumed = await runGraft(RUN, options);
      const receipt = await readJson<Receipt>(lastLine(resumed).receipt);
      expect(resumed.stderr).toContain('Joined the running workflow');
      expect(receipt).toMatchObject({ images: 360, features: 360, missing: 0 });
      const after = await shardTimes(folder);
      for (const [name, time] of atDeath) expect(after.get(name)).toBe(time);

      const undisturbed = await temporaryFolder();
      await writePictures(join(undisturbed, 'pictures'), 60);
      const calm = lastLine(await runGraft(RUN, { folder: undisturbed, temporalCli }));
      expect((await readJson<Receipt>(calm.receipt)).contentHash).toBe(receipt.contentHash);
      expect(await metricsOf(calm.metrics)).toEqual(await metricsOf(lastLine(resumed).metrics));
    },
    4 * MINUTE,
  );

  testWith(
    [needs.temporalCli],
    'goes on with workers of its own when the graft up that it relied on dies',
    async ([temporalCli = '']) => {
      const folder = await temporaryFolder();
      const options = { folder, temporalCli };
      await writePictures(join(folder, 'pictures'), 10);
      const up = startGraft(['up'], options);
      await up.printed(/Ctrl-C ends/);

      const run = startGraft(RUN, options);
      await run.printed(/of graft up/);
      up.child.kill('SIGKILL');
      const ended = await run.ended;
      expect(ended.stderr).toContain('graft up has ended');
      expect(lastLine(ended).status).toBe('completed');
    },
    2 * MINUTE,
  );

  testWith(
    [needs.temporalCli],
    'Ctrl-C leaves the workflow resumable and says how',
    async ([temporalCli = '']) => {
      const folder = await temporaryFolder();
      const options = { folder, temporalCli };
      await writePictures(join(folder, 'pictures'), 60);
      const command = startGraft(RUN, options);
      await shardsOnceThereAre(2, folder);
      command.child.kill('SIGINT');
      const stopped = await command.ended;
      expect(stopped).toMatchObject({ code: 130 });
      expect(stopped.stderr).toContain(
        'Resume it with the same command:\n  graft run colours --source pictures',
      );

      const resumed = lastLine(await runGraft(RUN, options));
      expect(await readJson<Receipt>(resumed.receipt)).toMatchObject({ images: 360, missing: 0 });
    },
    3 * MINUTE,
  );

  testWith(
    [needs.temporalCli, needs.versitygw],
    'gives the same features and metrics in a bucket as in a folder',
    async ([temporalCli = '', versitygw = '']) => {
      const folder = await temporaryFolder();
      await writePictures(join(folder, 'pictures'), 5);
      const s3 = await startVersitygw(versitygw);
      try {
        await s3.createBucket('pictures');
        const environment = {
          AWS_ENDPOINT_URL_S3: s3.endpoint,
          AWS_ACCESS_KEY_ID: s3.accessKey,
          AWS_SECRET_ACCESS_KEY: s3.secretKey,
          GRAFT_DATA: join(folder, 'server'),
        };
        const options = { folder, temporalCli, environment };
        const inFolder = lastLine(await runGraft(RUN, options));
        const bucket = await runGraft([...RUN, '--store', 's3://pictures/graft'], options);
        const inBucket = lastLine(bucket);
        expect(inBucket.receipt).toBe(`runs/${inBucket.runId}/receipt.json`);

        const report = await runGraft(
          ['report', 'last', '--store', 's3://pictures/graft', '--json'],
          options,
        );
        const outcome = JSON.parse(report.stdout) as { receipt: Receipt; evaluation: { accuracy: number } };
        const receipt = await readJson<Receipt>(inFolder.receipt);
        expect(outcome.receipt).toEqual(receipt);
        const metrics = await readJson<{ evaluation: { accuracy: number } }>(inFolder.metrics);
        expect(outcome.evaluation.accuracy).toBe(metrics.evaluation.accuracy);
      } finally {
        await s3.stop();
      }
    },
    3 * MINUTE,
  );
});

/** Names of the shards once there are `count`; the run is in the middle of its extraction then. */
async function shardsOnceThereAre(count: number, folder: string): Promise<string[]> {
  for (;;) {
    const times = await shardTimes(folder).catch(() => new Map<string, number>());
    if (times.size >= count) return [...times.keys()];
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** When each shard was written. */
async function shardTimes(folder: string): Promise<ReadonlyMap<string, number>> {
  const features = join(folder, 'graft-data/features');
  const [fingerprint = ''] = await readdir(features);
  const shards = join(features, fingerprint, 'shards');
  const names = await readdir(shards);
  return new Map(
    await Promise.all(names.map(async (name) => [name, (await stat(join(shards, name))).mtimeMs] as const)),
  );
}

/** The metrics without the seconds, which differ between any two runs. */
async function metricsOf(file: string): Promise<unknown> {
  const { seconds: _, ...metrics } = await readJson<Record<string, unknown>>(file);
  return metrics;
}
