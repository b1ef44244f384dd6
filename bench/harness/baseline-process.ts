import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Pass } from './pass.js';

/** A script to compare with, and the lines that it reads from its standard input: the pictures' paths. */
export interface Baseline {
  readonly command: string;
  readonly args: readonly string[];
  readonly lines: readonly string[];
}

/**
 * Runs a script to its end and parses the one {@link Pass} that it prints as JSON. What it says on its standard error is
 * shown only where it fails: TensorFlow has much to say.
 *
 * @throws where it fails.
 */
export async function runBaseline({ command, args, lines }: Baseline): Promise<Pass> {
  const script = spawn(command, args, { stdio: 'pipe' });
  const closed = once(script, 'close');
  script.stdin.end(lines.join('\n'));
  let [output, complaints] = ['', ''];
  script.stderr.on('data', (chunk) => (complaints += String(chunk)));
  for await (const chunk of script.stdout) output += String(chunk);
  await closed;
  if (script.exitCode === 0) return JSON.parse(output) as Pass;
  console.error(complaints);
  throw new Error(`${[command, ...args].join(' ')} ended with ${script.exitCode ?? script.signalCode ?? ''}`);
}
