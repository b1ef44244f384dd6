#!/usr/bin/env node
// The `graft` command. What it runs is built from the TypeScript sources into dist/.
import { existsSync } from 'node:fs';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const main = new URL('../dist/cli/main.js', import.meta.url);

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `graft: needs Node.js 20.19 or newer, this is ${process.versions.node}. Install it from https://nodejs.org.`,
  );
  process.exitCode = 4;
} else if (existsSync(main)) {
  await import(main.href);
} else {
  console.error('graft: is not built yet. Run `npm run build` in its folder once.');
  process.exitCode = 4;
}
