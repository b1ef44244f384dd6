// Runs the properties of the tests again and again, each round with another seed, and stops at the first that fails:
//   npm run fuzz [-- <rounds> [first seed]]        (20 rounds; a random seed)
// `GRAFT_SEED=<seed> npx vitest run <file>` fails the same way again.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const [rounds = 20, first = randomInt(2 ** 31)] = process.argv.slice(2).map(Number);
if (!Number.isSafeInteger(rounds) || rounds < 1 || !Number.isSafeInteger(first)) {
  console.error('usage: npm run fuzz [-- <rounds> [first seed]], both whole numbers');
  process.exit(2);
}
const files = readdirSync('test', { recursive: true })
  .map((file) => join('test', file))
  .filter((file) => file.endsWith('.test.ts') && readFileSync(file, 'utf8').includes('fc.assert('));

for (let round = 1; round <= rounds; round++) {
  const env = { ...process.env, GRAFT_SEED: String(first + round - 1) };
  console.log(`\nround ${round} of ${rounds}: seed ${env.GRAFT_SEED}, ${files.length} files`);
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--retry', '0', ...files];
  const { status } = spawnSync(process.execPath, vitest, { env, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
