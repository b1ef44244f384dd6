import type { Command } from 'commander';
import { createBackboneResolver } from '../backbones/registry.js';
import { requireEngine } from '../engines/choice/require-engine.js';
import type { EngineKind } from '../engines/choice/engine-kind.js';
import { createSupervisedExtractor } from '../engines/extractor/supervised-extractor.js';
import { cacheFolder } from '../infra/cache-folder.js';
import { openStore } from '../storage/open-store.js';
import { openCompletedRun } from '../verification/open-run.js';
import { verifyRun } from '../verification/verify-run.js';
import { engineOption } from './engine-option.js';
import { EXIT } from './exit-codes.js';
import { parseCount } from './parse-count.js';
import { printVerification } from './print-verification.js';
import { storeOption } from './store-option.js';

interface VerifyCommandOptions {
  readonly store: string;
  readonly engine: EngineKind;
  readonly sample: number;
  readonly seed: number;
  readonly quick?: boolean;
  readonly json?: boolean;
}

export function addVerify(program: Command): void {
  program
    .command('verify')
    .argument('<run>', 'run id, enough of its beginning, workflow id, or last')
    .description('Prove that nothing of a completed run is lost or altered.')
    .addOption(storeOption())
    .addOption(engineOption())
    .option('--sample <n>', 'features that are computed again and compared', parseCount, 16)
    .option('--seed <n>', 'another seed chooses other features', parseCount, 0)
    .option('--quick', 'look only whether the pictures exist and have their size, hash none')
    .option('--json', 'print the result as one line of JSON')
    .addHelpText(
      'after',
      `
Examples:
  graft verify last
  graft verify 019f2c --quick --sample 0
  graft verify last --store s3://pictures/graft --sample 200 --seed 7 --json

Looks at every object that the run names, rebuilds its receipt from the store, and computes a random sample of its
features again. Writes nothing. Exits with 3 where something is lost or altered, and says what.`,
    )
    .action(verify);
}

async function verify(reference: string, options: VerifyCommandOptions): Promise<void> {
  const { engine, sample, seed, quick = false, json = false } = options;
  if (sample > 0) requireEngine(engine);
  const store = await openStore(options.store);
  const print = printVerification(json);
  const opened = await openCompletedRun(store, reference);
  if ('store' in opened) {
    print.begin(opened.outcome);
    const results = await verifyRun(
      opened,
      { quick, sample, seed },
      {
        resolveBackbone: createBackboneResolver({ store, cacheFolder: cacheFolder() }),
        openExtractor: (backbone) =>
          createSupervisedExtractor(backbone, { engine, cacheFolder: cacheFolder() }),
        onCheck: print.check,
        onPictures: print.pictures,
      },
    );
    print.end(results, opened.outcome);
    if (results.every(({ findings }) => findings.length === 0)) return;
  } else {
    const unread = { check: 'run', counts: {}, findings: opened, seconds: 0 } as const;
    print.check(unread);
    print.end([unread], undefined);
  }
  process.exitCode = EXIT.runFailed;
}
