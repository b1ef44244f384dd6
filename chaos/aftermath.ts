import type { RunInput } from '../runs/run-input.js';
import { keys } from '../storage/keys.js';
import { type Check, none } from './checks.js';
import { deleteDamaged, plannedImages, verifyByCommand } from './damage-check.js';
import { createRandom } from './random.js';
import { type Round, playRound } from './round.js';
import type { Scene } from './scene.js';
import { countLostPictures, damageShard, listShards } from './shard-damage.js';

export interface AftermathOptions {
  readonly input: RunInput;
  readonly name: string;
  readonly seed: number;
  readonly contentHash: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Has `graft verify` look at a round's run; what it finds may only be shards that were damaged on purpose, which are mended. */
export async function verifyRound(
  scene: Scene,
  round: Round,
  options: AftermathOptions,
): Promise<readonly Check[]> {
  const damaged = round.delivered.flatMap(({ shard }) => (shard === undefined ? [] : [shard.key]));
  const first = await verifyByCommand(scene, round.summary.runId, options.signal);
  const others = first.objects.filter((object) => !damaged.includes(object));
  const checks: Check[] = [none('graft verify finds nothing but what was damaged on purpose', others)];
  if (first.objects.length === 0) return checks;
  options.say(`    graft verify names ${first.objects.length} damaged shards: deleted, run again`);
  await deleteDamaged(scene, first.objects);
  return [...checks, ...(await runAgain(scene, { ...options, name: `${options.name}-mended` }))];
}

/**
 * Flips a bit in one shard and cuts the end off another of a completed run: `graft verify` must name both, a second run
 * sets the cut one aside by itself and, once the flipped one is deleted as verify says, computes exactly their pictures.
 */
export async function damageAndMend(
  scene: Scene,
  round: Round,
  options: AftermathOptions,
): Promise<readonly Check[]> {
  const { backDoor } = scene;
  const { fingerprint } = round.summary;
  const before = await countSetAside(scene, fingerprint);
  const [flipKey = '', cutKey = ''] = createRandom(options.seed).shuffle(await listShards(backDoor));
  const damaged = [await damageShard(backDoor, flipKey, 'flip'), await damageShard(backDoor, cutKey, 'cut')];
  const { exitCode, objects } = await verifyByCommand(scene, round.summary.runId, options.signal);
  const isNamed = objects.includes(flipKey) && objects.includes(cutKey) && exitCode === 3;
  await scene.deleteObject(flipKey);
  const pictures = await countLostPictures(backDoor, damaged);
  options.say(`    one shard flipped, one cut short: ${pictures} pictures; run again`);
  const again = await runAgain(scene, { ...options, name: `${options.name}-again` }, pictures);
  const setAside = (await countSetAside(scene, fingerprint)) - before;
  return [
    {
      title: 'graft verify names a flipped and a cut shard',
      holds: isNamed,
      found: `exit code ${exitCode}, ${objects.length} objects`,
    },
    {
      title: 'the next run sets the cut shard aside',
      holds: setAside === 1,
      found: `${setAside} in damaged/`,
    },
    ...again,
  ];
}

async function runAgain(
  scene: Scene,
  options: AftermathOptions,
  pictures?: number,
): Promise<readonly Check[]> {
  const { summary } = await playRound(scene, { ...options, faults: [] });
  const { exitCode } = await verifyByCommand(scene, summary.runId, options.signal);
  const computed = await plannedImages(scene.backDoor, summary.runId);
  const { contentHash } = summary.receipt;
  return [
    ...(pictures === undefined
      ? []
      : [
          {
            title: 'the run after damage computes exactly the pictures of those shards',
            holds: computed === pictures && summary.receipt.computed === pictures,
            found: `${summary.receipt.computed} of ${pictures}`,
          },
        ]),
    {
      title: 'the run after damage has the same contentHash',
      holds: contentHash === options.contentHash,
      found: contentHash.slice(0, 12),
    },
    {
      title: 'graft verify finds the mended store whole',
      holds: exitCode === 0,
      found: `exit code ${exitCode}`,
    },
  ];
}

async function countSetAside({ backDoor }: Scene, fingerprint: string): Promise<number> {
  let count = 0;
  for await (const object of backDoor.list(keys.damagedShards(fingerprint))) if (object.size > 0) count++;
  return count;
}
