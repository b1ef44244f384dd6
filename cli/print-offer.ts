import type { OfferedRun } from '../runs/run-summary.js';
import { keys } from '../storage/keys.js';
import { ObjectNotFound, type ObjectStore } from '../storage/object-store.js';
import { escapeLines } from './escape-terminal.js';
import { describePlace } from './object-place.js';
import { elsewhere } from './print-summary.js';

/** What to look at before a model is approved or rejected, and how either is done. `address` is the store as it was typed. */
export async function describeOffer(store: ObjectStore, runId: string, address: string): Promise<string> {
  const offer = await readOffer(store, runId);
  const place = elsewhere(address);
  return [
    ...(offer === undefined ? [] : ['', escapeLines(offer.classificationReport)]),
    `Report       ${describePlace(store, keys.runReport(runId))}`,
    ...(offer === undefined
      ? []
      : [`Classify     graft classify my-picture.jpg --model ${offer.model.slice(0, 12)}${place}`]),
    'Make it the champion, or leave the champion as it is; the run ends then:',
    `  graft approve ${runId}${place}`,
    `  graft reject ${runId}${place}`,
    '',
  ].join('\n');
}

async function readOffer(store: ObjectStore, runId: string): Promise<OfferedRun | undefined> {
  try {
    return JSON.parse(Buffer.from(await store.get(keys.runOffer(runId))).toString()) as OfferedRun;
  } catch (error) {
    // It only informs: a damaged one must not hide what can be done.
    if (error instanceof ObjectNotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
