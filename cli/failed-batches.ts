import type { Progress } from '../workflows/progress.js';
import { escapeTerminal } from './escape-terminal.js';

/**
 * Each failed batch with its cause, a line each, as far as the progress names them. Empty for a single one, which is named
 * wherever it is said what the run waits for.
 */
export function describeFailedBatches({ runId, extraction, failedBatches }: Progress): string {
  const { batchesFailed } = extraction;
  if (batchesFailed < 2) return '';
  const lines = failedBatches.map(({ id, images, cause }) => {
    const pictures = `${images} ${images === 1 ? 'picture' : 'pictures'}`;
    return `    ${id}  ${pictures}: ${escapeTerminal(cause)}\n`;
  });
  const more = batchesFailed - failedBatches.length;
  const rest = more > 0 ? `    and ${more} more: runs/${runId}/batches/\n` : '';
  return `  ${batchesFailed} failed batches\n${lines.join('')}${rest}`;
}
