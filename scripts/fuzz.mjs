// Runs the properties of the tests again and again, each round with another seed, and stops at the first that fails:
//   npm run fuzz [-- <rounds> [first seed]]        (20 rounds; a random seed)
// `GRAFT_SEED=<seed> npx vitest run <file>` fails the same way again.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const [rounds, first] = process.argv.slice(2).map(Number);
const seed = first ?? randomInt(2 ** 31);
const files = readdirSync('test', { recursive: true })
  .map((file) => join('test', file))
  .filter((file) => file.endsWith('.test.ts') && readFileSync(file, 'utf8').includes('fc.assert('));

for (let round = 0; round < (rounds ?? 20); round++) {
  const env = { ...process.env, GRAFT_SEED: String(seed + round) };
  console.log(`\nround ${round + 1}: seed ${env.GRAFT_SEED}, ${files.length} files`);
  const { status } = spawnSync('npx', ['vitest', 'run', ...files], { env, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
