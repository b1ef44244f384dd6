import { millisecondsOf, type Pass, speedOf } from './pass.js';

/**
 * Tries settings in turn, several times over, prints each one's best pass, and finds the fastest: so that what Graft is
 * compared with is at its best on this machine.
 */
export async function findFastest<Setting>(
  settings: readonly Setting[],
  rounds: number,
  measure: (setting: Setting) => Promise<Pass>,
  describe: (setting: Setting) => string,
): Promise<Setting> {
  const best = new Map<Setting, Pass>();
  for (let round = 0; round < rounds; round++)
    for (const setting of settings) {
      const pass = await measure(setting);
      const before = best.get(setting);
      if (before === undefined || speedOf(pass) > speedOf(before)) best.set(setting, pass);
    }
  const [fastest, ...others] = [...best].sort(([, a], [, b]) => speedOf(b) - speedOf(a));
  if (fastest === undefined) throw new Error('expected settings to try, received none');
  for (const [setting, pass] of [fastest, ...others])
    console.log(
      `  ${describe(setting)}: ${speedOf(pass).toFixed(1)} images/s, ${millisecondsOf(pass).toFixed(1)} processor ms a picture`,
    );
  return fastest[0];
}
