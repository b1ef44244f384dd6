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
 * Runs a script to its end and parses the one {@link Pass} that it prints as JSON. Its errors go to this terminal.
 *
 * @throws where it fails.
 */
export async function runBaseline({ command, args, lines }: Baseline): Promise<Pass> {
  const script = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const closed = once(script, 'close');
  script.stdin.end(lines.join('\n'));
  let output = '';
  for await (const chunk of script.stdout) output += String(chunk);
  await closed;
  if (script.exitCode === 0) return JSON.parse(output) as Pass;
  throw new Error(`${[command, ...args].join(' ')} ended with ${script.exitCode ?? script.signalCode ?? ''}`);
}
