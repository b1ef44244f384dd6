import { createHalvingNetwork, type RowLengths } from './halving-network.js';
import { chooseMicroBatch } from './micro-batch-size.js';
import type { MicroBatchMemory } from './micro-batch-memory.js';
import type { Network } from '../thread/network.js';

/** A network and how many pictures it gets at once. */
export interface SizedNetwork {
  readonly network: Network;
  readonly microBatch: number;
}

/** How the size of micro-batches is found. */
export interface Sizing {
  readonly sizing: 'fixed' | 'measured';
  /** The size where it is fixed. */
  readonly microBatch: number;
  readonly memory: MicroBatchMemory;
}

/**
 * Decides on a network's micro-batch: as given, else as remembered, else by measuring with pictures of noise. Later want
 * of memory halves it, and that is remembered, too.
 */
export async function sizeNetwork(
  network: Network,
  rows: RowLengths,
  { sizing, microBatch, memory }: Sizing,
): Promise<SizedNetwork> {
  const halving = createHalvingNetwork(network, rows, (size) => void memory.remember(size));
  if (sizing === 'fixed') return { network: halving, microBatch };
  const remembered = await memory.recall();
  if (remembered !== undefined) return { network: halving, microBatch: remembered };
  const chosen = await chooseMicroBatch((size) => measureRate(network, rows, size));
  await memory.remember(chosen);
  return { network: halving, microBatch: chosen };
}

/** Images/s at a size: the better of two runs, after one in which the library makes its own choices for that size. */
async function measureRate(network: Network, rows: RowLengths, size: number): Promise<number> {
  const pixels = Uint8Array.from({ length: size * rows.pixels }, (_, at) => Math.imul(at, 0x9e3779b1) >>> 24);
  let seconds = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3; run++) {
    const start = performance.now();
    await network.run(pixels, size);
    if (run > 0) seconds = Math.min(seconds, (performance.now() - start) / 1000);
  }
  return size / seconds;
}
