import type { Command } from 'commander';
import { BadInput } from '../errors/graft-error.js';
import { hasModel } from '../runs/run-summary.js';
import { approveUpdate, rejectUpdate } from '../workflows/messages.js';
import { engineOption } from './engine-option.js';
import { assertOpen } from './open-run.js';
import { type OperateOptions, type Operation, RUN, follow, operate } from './operate.js';
import { elsewhere } from './print-summary.js';
import { refusedUpdate } from './refused-update.js';
import { storeOption } from './store-option.js';

interface ApproveOptions extends OperateOptions {
  readonly reason?: string;
}

export function addApprove(program: Command): void {
  declare(program, 'approve', 'Make the model of a run that awaits approval the champion of its data set.');
}

export function addReject(program: Command): void {
  declare(program, 'reject', 'Turn down the model of a run that awaits approval; the champion stays.');
}

function declare(program: Command, verb: 'approve' | 'reject', description: string): void {
  program
    .command(verb)
    .argument('<run>', RUN)
    .description(description)
    .option('--reason <text>', 'why, for the history')
    .addOption(storeOption())
    .addOption(engineOption())
    .addHelpText('after', `\nExample:\n  graft ${verb} last --reason "${EXAMPLES[verb]}"`)
    .action((reference: string, options: ApproveOptions) =>
      operate(reference, options, (operation) => decide(operation, verb, options.reason)),
    );
}

const EXAMPLES = { approve: 'fewer missed meals', reject: 'blurred pictures' };

async function decide(
  operation: Operation,
  verb: 'approve' | 'reject',
  reason: string | undefined,
): Promise<void> {
  assertUndecided(operation, verb);
  const { handle, run } = operation;
  const update = verb === 'approve' ? approveUpdate : rejectUpdate;
  const model = await refusedUpdate(handle.executeUpdate(update, { args: [reason] }), operation);
  const told = verb === 'approve' ? 'approved' : 'rejected';
  process.stdout.write(`The model ${model.slice(0, 12)} of run ${run.runId} is ${told}.\n\n`);
  await follow(operation);
}

/** Throws `BadInput` where the run has ended, with what does the same then. */
function assertUndecided(operation: Operation, verb: 'approve' | 'reject'): void {
  const { outcome, runId } = operation.run;
  if (operation.isOpen || outcome === undefined || !hasModel(outcome)) {
    assertOpen(operation, verb);
    return;
  }
  throw new BadInput(
    `Run ${runId} has ended (${outcome.status}): there is nothing to ${verb}. Its model becomes the champion by ` +
      `graft models promote ${outcome.model.slice(0, 12)}${elsewhere(operation.address)}`,
  );
}
