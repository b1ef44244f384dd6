import pc from 'picocolors';
import { mayPromote } from '../backbones/may-promote.js';
import { type BackboneTest, type RegisteredBackbone, recordBackboneTest } from '../backbones/registry.js';
import type { ObjectStore } from '../storage/object-store.js';
import { escapeTerminal } from './escape-terminal.js';
import { EXIT } from './exit-codes.js';

/**
 * Writes the result into the record and says where it stands in the way of a promotion. A quantised network keeps the
 * comparison with its origin, which decides about promotion: one with another network is only printed.
 */
export async function keepBackboneTest(
  store: ObjectStore,
  record: RegisteredBackbone,
  test: BackboneTest,
): Promise<void> {
  const { name, fingerprint, quantisedFrom } = record;
  const isKept = quantisedFrom === undefined || quantisedFrom.fingerprint === test.against.fingerprint;
  if (isKept) await recordBackboneTest(store, name, fingerprint, test);
  else
    warn(
      `The result is not kept: ${name} was made from ${quantisedFrom.name} with fingerprint ` +
        `${quantisedFrom.fingerprint.slice(0, 12)}, not from this ${test.against.name}.`,
    );
  const promotion = mayPromote(isKept ? { ...record, test } : record);
  if (promotion.allowed) return;
  warn(promotion.reason);
  process.exitCode = EXIT.runFailed;
}

const warn = (text: string) => process.stderr.write(`\n${pc.yellow('!')} ${escapeTerminal(text)}\n`);
