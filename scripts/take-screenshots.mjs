// Takes the pictures of docs/images/ anew, from a real run of the sample in a temporary folder:
//   node scripts/take-screenshots.mjs          (needs a build, a Temporal CLI and Chromium: CHROMIUM_PATH or chromium)
import { chromium } from 'playwright-core';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const images = resolve('docs/images');
const graft = resolve('bin/graft.js');
const folder = mkdtempSync(join(tmpdir(), 'graft-pictures-'));
const start = (...args) =>
  spawn(process.execPath, [graft, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });

const up = start('up');
const ui = await new Promise((found) => {
  up.stdout.on('data', (chunk) => {
    const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(String(chunk)) ?? [];
    if (address) found(address);
  });
});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});

try {
  const run = start('run', 'sample', '--batch-size', '16');
  const ended = new Promise((settle) => run.once('close', settle));
  await shardsOnceThereAre(8);
  const status = JSON.parse(
    execFileSync(process.execPath, [graft, 'status', '--json'], { cwd: folder, encoding: 'utf8' }),
  );
  const workflows = `${ui}/namespaces/default/workflows`;
  const child = `${status.workflowId}-extract-0000-${status.runId.slice(0, 8)}`;
  await Promise.all([
    take(`${workflows}/${child}`, 'temporal-ui.png', { height: 1400 }),
    take(`${workflows}/${status.workflowId}/${status.runId}/user-metadata`, 'temporal-details.png', {
      height: 640,
    }),
  ]);
  await ended;
  await take(`file://${folder}/graft-data/runs/${status.runId}/report.html`, 'report.png', {
    width: 1180,
    height: 1250,
    wait: 500,
  });
} finally {
  await browser.close();
  const closed = new Promise((settle) => up.once('close', settle));
  up.kill('SIGINT');
  await closed;
  rmSync(folder, { recursive: true, force: true });
}

async function take(url, file, { width = 1280, height, wait = 3_000 }) {
  const page = await browser.newPage({ viewport: { width, height } });
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  await sleep(wait);
  await page.screenshot({ path: join(images, file) });
  await page.close();
}

/** The run is in the middle of its extraction then. */
async function shardsOnceThereAre(count) {
  for (;;) {
    try {
      const features = join(folder, 'graft-data/features');
      const [fingerprint] = readdirSync(features);
      if (readdirSync(join(features, fingerprint, 'shards')).length >= count) return;
    } catch {
      // Not there yet.
    }
    await sleep(50);
  }
}
