import { programOnPath } from './program-on-path.js';
import { type Search, StepFailed, type TemporalCli, verifyCli } from './temporal-cli-search.js';

/** The `temporal` that the PATH finds. */
export async function findCliOnPath(search: Search): Promise<TemporalCli> {
  const path = await programOnPath('temporal', search.environment);
  if (path === undefined) throw new StepFailed('there is no `temporal` on the PATH');
  return verifyCli(path, 'PATH', search);
}
