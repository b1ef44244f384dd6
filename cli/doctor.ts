import { statfs } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import type { EngineKind } from '../engines/choice/engine-kind.js';
import { findInstalledCli } from '../infra/temporal-cli.js';
import { openStore } from '../storage/open-store.js';
import { parseStoreAddress } from '../storage/store-address.js';
import { engineOption } from './engine-option.js';
import { checkBackbones } from './doctor-backbones.js';
import { escapeTerminal } from './escape-terminal.js';
import { EXIT } from './exit-codes.js';
import { type Finding, check } from './finding.js';
import { storeOption } from './store-option.js';
import { connectTemporal, environmentProfile } from './temporal-profile.js';

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description(
      'Check everything that Graft needs on this machine, and say what to do about what is missing.',
    )
    .addOption(storeOption())
    .addOption(engineOption())
    .option('--json', 'print the findings as one line of JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  graft doctor\n  graft doctor --store s3://pictures/graft\n  graft doctor --engine onnx-cuda',
    )
    .action(async (options: { store: string; engine: EngineKind; json?: boolean }) => {
      const checked = await Promise.all([
        check('Node', checkNode),
        check('Temporal', checkTemporal),
        check('store', () => checkStore(options.store)),
        check('disk', () => checkDisk(options.store)),
        checkBackbones(options.store, options.engine),
      ]);
      const findings = checked.flat();
      process.stdout.write(
        options.json === true ? `${JSON.stringify(findings)}\n` : findings.map(describe).join(''),
      );
      if (findings.some((finding) => finding.state === 'failed')) process.exitCode = EXIT.unavailable;
    });
}

const MARKS = { ok: pc.green('✔'), warning: pc.yellow('!'), failed: pc.red('✖') };

const describe = ({ name, state, detail }: Finding): string =>
  `${MARKS[state]} ${name.padEnd(10)} ${escapeTerminal(detail)}\n`;

function checkNode(): Omit<Finding, 'name'> {
  return { state: 'ok', detail: `${process.versions.node} on ${process.platform} ${process.arch}` };
}

async function checkTemporal(): Promise<Omit<Finding, 'name'>> {
  const profile = environmentProfile();
  if (profile !== undefined) {
    await (await connectTemporal(profile)).close();
    return {
      state: 'ok',
      detail: `server ${profile.address}, namespace ${profile.namespace} (from the environment)`,
    };
  }
  const found = await findInstalledCli({ announce: () => undefined });
  if ('missing' in found) {
    return {
      state: 'warning',
      detail: `no Temporal CLI yet: the first graft run or graft up downloads it, or builds it where Go is installed (${found.missing})`,
    };
  }
  return { state: 'ok', detail: `CLI ${found.version} at ${found.path}` };
}

async function checkStore(address: string): Promise<Omit<Finding, 'name'>> {
  const store = await openStore(address);
  await store.check();
  return { state: 'ok', detail: `${store.url} can be read and written` };
}

/** Features of a million pictures take 5 GB; the server's database and a data set come on top. */
const LOW_DISK_BYTES = 5e9;

async function checkDisk(address: string): Promise<Omit<Finding, 'name'>> {
  const parsed = parseStoreAddress(address);
  const { bavail, bsize } = await statfs(
    existingFolder(parsed.kind === 'file' ? parsed.root : process.cwd()),
  );
  const free = bavail * bsize;
  const detail = `${(free / 1e9).toFixed(0)} GB free`;
  return free < LOW_DISK_BYTES
    ? { state: 'warning', detail: `${detail}: make room, or put the store elsewhere` }
    : { state: 'ok', detail };
}

function existingFolder(path: string): string {
  const absolute = resolve(path);
  return existsSync(absolute) ? absolute : existingFolder(dirname(absolute));
}
