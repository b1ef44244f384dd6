import { readdirSync } from 'node:fs';
import { GraftError } from '../errors/graft-error.js';

/** A benchmark: prints what it measured and a ratio of two things measured side by side. */
interface Benchmark {
  run(argv: readonly string[]): Promise<void>;
}

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.js') && file !== 'main.js')
  .map((file) => file.slice(0, -'.js'.length))
  .sort();

const [name = '', ...argv] = process.argv.slice(2);
if (names.includes(name)) {
  const benchmark = (await import(new URL(`${name}.js`, import.meta.url).href)) as Benchmark;
  await benchmark.run(argv).catch((error: unknown) => {
    if (!(error instanceof GraftError)) throw error;
    console.error(`bench: ${error.message}`);
    process.exitCode = 2;
  });
} else {
  const received = name === '' ? 'no name' : `"${name}"`;
  console.error(
    `bench: expected one of ${names.join(', ')}, received ${received}. Example: npm run bench -- parquet`,
  );
  process.exitCode = 2;
}
