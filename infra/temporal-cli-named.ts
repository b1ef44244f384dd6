import { BadInput } from '../errors/graft-error.js';
import { isExecutable } from './program-on-path.js';
import { messageOf, type Search, type TemporalCli, verifyCli } from './temporal-cli-search.js';

/**
 * The CLI that TEMPORAL_CLI_PATH names, or `undefined` where it is not set.
 *
 * Throws BadInput when it is set to something that cannot be used: a wish is not silently replaced.
 */
export async function findNamedCli(search: Search): Promise<TemporalCli | undefined> {
  const path = search.environment['TEMPORAL_CLI_PATH'];
  if (!path) return undefined;
  const advice = 'Point it at a `temporal` binary, or unset it.';
  if (!(await isExecutable(path)))
    throw new BadInput(`TEMPORAL_CLI_PATH: expected an executable file, and ${path} is none. ${advice}`);
  try {
    return await verifyCli(path, 'TEMPORAL_CLI_PATH', search);
  } catch (error) {
    search.signal?.throwIfAborted();
    throw new BadInput(`TEMPORAL_CLI_PATH: ${messageOf(error)}. ${advice}`, { cause: error });
  }
}
