import { EngineUnavailable } from '../engine-unavailable.js';
import type { Network } from '../thread/network.js';
import { isOutOfMemory } from './out-of-memory.js';

/** What a network takes and gives for one picture. */
export interface RowLengths {
  /** Bytes of its pixels. */
  readonly pixels: number;
  /** Length of its feature vector. */
  readonly features: number;
}

/**
 * A network that answers want of memory with half the pictures at once, for good: micro-batches stay as large as they
 * are and are run in pieces. Pieces all have one size; the last one begins earlier rather than being shorter.
 *
 * @param onHalve told the new size, once for each halving.
 * @returns a network that throws EngineUnavailable where not even one picture fits.
 */
export function createHalvingNetwork(
  network: Network,
  rows: RowLengths,
  onHalve: (size: number) => void,
): Network {
  let most = Number.POSITIVE_INFINITY;

  const runPieces = async (pixels: Uint8Array, count: number): Promise<Float32Array> => {
    if (count <= most) return network.run(pixels, count);
    const features = new Float32Array(count * rows.features);
    for (let done = 0; done < count; done += most) {
      const first = Math.min(done, count - most);
      const piece = pixels.subarray(first * rows.pixels, (first + most) * rows.pixels);
      features.set(await network.run(piece, most), first * rows.features);
    }
    return features;
  };

  const run = async (pixels: Uint8Array, count: number): Promise<Float32Array> => {
    try {
      return await runPieces(pixels, count);
    } catch (error) {
      if (!isOutOfMemory(error)) throw error;
      const tried = Math.min(most, count);
      if (tried === 1) throw tooSmall(network.device, error);
      most = Math.ceil(tried / 2);
      onHalve(most);
      return run(pixels, count);
    }
  };
  return { device: network.device, run, release: () => network.release() };
}

const tooSmall = (device: string, cause: unknown): EngineUnavailable =>
  new EngineUnavailable(
    `The memory of this machine (${device}) does not suffice for one picture: end what else uses it, or use a smaller network.`,
    { cause },
  );
