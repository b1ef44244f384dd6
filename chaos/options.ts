import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BadInput } from '../errors/graft-error.js';

const USAGE = 'npm run chaos -- [--faults 40] [--seed 7] [<pictures.zip>]';

/** What the command was asked for. */
export interface ChaosArguments {
  readonly faults: number;
  readonly seed: number;
  /** Absolute; absent: the built-in sample. */
  readonly source?: string;
}

/** Reads the command line. Throws {@link BadInput}. */
export function parseChaosArguments(argv: readonly string[]): ChaosArguments {
  const { values, positionals } = parse(argv);
  const zip = values.zip ?? positionals[0];
  if (positionals.length > 1 || (values.zip !== undefined && positionals.length > 0))
    throw new BadInput(`Expected one zip at most, received ${positionals.join(', ')}. ${USAGE}`);
  if (zip !== undefined && !existsSync(zip))
    throw new BadInput(`Expected a zip of pictures, but there is no file ${zip}. ${USAGE}`);
  return {
    faults: wholeNumber('--faults', values.faults, 1),
    seed: wholeNumber('--seed', values.seed, 0),
    ...(zip !== undefined && { source: resolve(zip) }),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        faults: { type: 'string', default: '40' },
        seed: { type: 'string', default: '7' },
        zip: { type: 'string' },
      },
    });
  } catch (cause) {
    throw new BadInput(`${cause instanceof Error ? cause.message : String(cause)}. ${USAGE}`, { cause });
  }
}

function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
  throw new BadInput(
    `Expected ${option} to be a whole number of at least ${least}, received "${text}". ${USAGE}`,
  );
}
