import { Command, CommanderError, Option } from 'commander';
import { graftVersion } from '../runs/graft-version.js';
import { addApprove, addReject } from './approve.js';
import { addBackbone } from './backbone.js';
import { addClassify } from './classify.js';
import { addDoctor } from './doctor.js';
import { escapeLines } from './escape-terminal.js';
import { EXIT, explainError } from './exit-codes.js';
import { addForget } from './forget.js';
import { addGc } from './gc.js';
import { addModels } from './models.js';
import { addCancel, addPause, addResume, addRetry } from './operate.js';
import { addPlan } from './plan.js';
import { addReport } from './report.js';
import { addRun } from './run.js';
import { addSchedule } from './schedule.js';
import { addStatus } from './status.js';
import { addTune } from './tune.js';
import { addUp } from './up.js';
import { addVerify } from './verify.js';
import { addWorker } from './worker.js';

const EXIT_CODES = `
Exit codes:
  0    done
  1    a defect in Graft
  2    wrong input; nothing was written
  3    the run ended without success or waits for somebody; verify found damage
  4    something that Graft needs is missing or does not answer
  130  interrupted; the run can be resumed

Environment:
  GRAFT_STORE        where everything is kept, if --store is not given (default ./graft-data)
  GRAFT_CACHE        where downloads and copies of registered networks are kept
  TEMPORAL_ADDRESS   a Temporal server to use instead of Graft's own (or a profile: TEMPORAL_PROFILE)
  GRAFT_WEBHOOK_URL  address that the workers tell how runs end and what they wait for
  GRAFT_WEBHOOK_SECRET  signs what they tell: X-Graft-Signature
  GRAFT_LOG          level of the workers' log: error, warn, info, debug (default warn)
`;

/** How long a command that failed may live on. */
const EXIT_LIMIT_MS = 1_000;

const VERBS = [
  ...[addRun, addPlan, addUp, addStatus, addRetry, addPause, addResume, addCancel, addApprove, addReject],
  addSchedule,
  ...[addReport, addClassify, addModels, addBackbone, addTune, addDoctor, addWorker],
  ...[addVerify, addGc, addForget],
];

const program = new Command('graft')
  .description(
    'Labelled pictures in, a tested image classifier out: transfer learning as a durable Temporal workflow.',
  )
  .version(graftVersion)
  .addOption(new Option('--debug', 'print the stack trace of an error'))
  .addHelpText('after', EXIT_CODES)
  .showHelpAfterError('(graft --help shows the verbs, graft <verb> --help their options)')
  .exitOverride();

for (const add of VERBS) add(program);

// A reader that has seen enough (`graft status | head`) is no error, nor is a terminal that was closed.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
  // Temporal's runtime keeps a process alive for ever where no worker of it ever ran.
  setTimeout(() => process.exit(), EXIT_LIMIT_MS).unref();
}

/** Prints what went wrong, in one sentence, and gives the exit code. */
function report(error: unknown): number {
  // Commander has printed its own message already; anything but help and version is a wrong command line.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.badInput;
  const { message, exitCode } = explainError(error);
  // On a terminal the last line may be half a line of progress.
  process.stderr.write(`${process.stderr.isTTY ? '\r\x1b[2K' : ''}graft: ${escapeLines(message)}\n`);
  if (program.opts<{ debug?: boolean }>().debug === true && error instanceof Error)
    process.stderr.write(`${error.stack ?? ''}\n`);
  return exitCode;
}
