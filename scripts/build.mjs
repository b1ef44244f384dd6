// Transpiles every TypeScript file to dist/ (types are checked by `npm run types`), then bundles the workflows, which
// takes seconds and is skipped where nothing in them has changed.
import { bundleWorkflowCode } from '@temporalio/worker';
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const BUNDLE = 'dist/workflow-bundle.js';
const BUNDLE_HASH = 'dist/workflow-bundle.sha256';

await transpile();
await bundleWorkflows();

async function transpile() {
  const notCode = /^(\.|node_modules$|dist$|test$|graft-data$|coverage$)/;
  const rooms = readdirSync('.', { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !notCode.test(entry.name))
    .map((entry) => entry.name);
  const sources = rooms.flatMap((room) =>
    readdirSync(room, { recursive: true })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
      .map((file) => join(room, file)),
  );
  const { outputFiles } = await build({
    entryPoints: sources,
    outdir: 'dist',
    outbase: '.',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    metafile: true,
    write: true,
  }).then(({ metafile }) => ({ outputFiles: new Set(Object.keys(metafile.outputs)) }));
  if (!existsSync('dist')) return;
  for (const file of readdirSync('dist', { recursive: true })) {
    const path = join('dist', file);
    const isStale =
      /\.js(\.map)?$/.test(path) &&
      !path.startsWith('dist/workflow-bundle') &&
      !outputFiles.has(path.replaceAll('\\', '/'));
    if (isStale) rmSync(path);
  }
}

async function bundleWorkflows() {
  const hash = await hashOfWorkflows();
  if (existsSync(BUNDLE) && existsSync(BUNDLE_HASH) && readFileSync(BUNDLE_HASH, 'utf8') === hash) return;
  const { code } = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../dist/workflows/index.js', import.meta.url)),
    logger: { trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error, log() {} },
  });
  writeFileSync(`${BUNDLE}.part`, code);
  renameSync(`${BUNDLE}.part`, BUNDLE);
  writeFileSync(BUNDLE_HASH, hash);
}

/** Covers the workflows, all that they import from the project, and the SDK's version. */
async function hashOfWorkflows() {
  const { outputFiles } = await build({
    entryPoints: ['workflows/index.ts'],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    external: ['@temporalio/*'],
  });
  const { version } = createRequire(import.meta.url)('@temporalio/worker/package.json');
  return createHash('sha256').update(version).update(outputFiles[0].contents).digest('hex');
}
