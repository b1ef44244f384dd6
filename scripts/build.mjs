// Transpiles every TypeScript file to dist/ (types are checked by `npm run types`), then bundles the workflows.
import { build } from 'esbuild';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const rooms = readdirSync('.', { withFileTypes: true })
  .filter(
    (entry) =>
      entry.isDirectory() && !/^(\.|node_modules$|dist$|test$|graft-data$|coverage$)/.test(entry.name),
  )
  .map((entry) => entry.name);
const sources = rooms.flatMap((room) =>
  readdirSync(room, { recursive: true })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => join(room, file)),
);

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: sources,
  outdir: 'dist',
  outbase: '.',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
});

if (existsSync('dist/workers/bundle-workflows.js')) {
  const { bundleWorkflows } = await import(
    new URL('../dist/workers/bundle-workflows.js', import.meta.url).href
  );
  await bundleWorkflows();
}
