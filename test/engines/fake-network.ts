import type { Network } from '../../engines/thread/network.js';
import type { RowLengths } from '../../engines/sizing/halving-network.js';

export const ROWS: RowLengths = { pixels: 3, features: 2 };

/** A network whose features are each picture's first and last byte, and whose memory holds `most` pictures. */
export function fakeNetwork(
  most: number,
  message = 'Failed to allocate memory for requested buffer of size 9',
) {
  const sizes: number[] = [];
  const network: Network = {
    device: 'fake',
    run: (pixels, count) => {
      if (pixels.length !== count * ROWS.pixels)
        throw new Error(`${pixels.length} bytes for ${count} pictures`);
      sizes.push(count);
      if (count > most) return Promise.reject(new Error(message));
      const features = Float32Array.from({ length: count * 2 }, (_, at) => {
        const first = (at >> 1) * ROWS.pixels;
        return pixels[at % 2 === 0 ? first : first + 2] ?? Number.NaN;
      });
      return Promise.resolve(features);
    },
    release: () => Promise.resolve(),
  };
  return { network, sizes };
}
