/** Runs tasks in the order given, as many at once as their pixels allow. */
export interface PixelBudget {
  spend<T>(pixels: number, task: () => Promise<T>): Promise<T>;
}

/**
 * Bounds the memory of decoding: tasks run at once while the sum of their pixels stays within `limit`; one that is
 * larger than the limit waits until it is alone.
 *
 * What is held as a whole while it is decoded took 3 bytes a pixel for a progressive JPEG and an interlaced PNG, 6 for a
 * PNG with alpha, 8 for a WebP (measured at 98 megapixels); other pictures are decoded line by line. Recipe
 * `keras-nearest` holds every picture as a whole: 3 bytes a pixel, 6 for a progressive JPEG, 8 for a WebP.
 */
export function createPixelBudget(limit: number): PixelBudget {
  const waiting: { readonly pixels: number; readonly start: () => void }[] = [];
  let spent = 0;

  const startNext = (): void => {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if (spent > 0 && spent + next.pixels > limit) return;
      waiting.shift();
      spent += next.pixels;
      next.start();
    }
  };

  return {
    spend: async (pixels, task) => {
      await new Promise<void>((start) => {
        waiting.push({ pixels, start });
        startNext();
      });
      try {
        return await task();
      } finally {
        spent -= pixels;
        startNext();
      }
    },
  };
}
