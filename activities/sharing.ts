/** Lets many use something at once, or one alone; first come, first served. */
export interface Sharing {
  shared<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Waits for all before it, and makes all after it wait. */
  alone<Result>(work: () => Promise<Result>): Promise<Result>;
}

interface Waiting {
  readonly isAlone: boolean;
  readonly start: () => void;
}

export function createSharing(): Sharing {
  const line: Waiting[] = [];
  let users = 0;
  let isTaken = false;

  const startNext = (): void => {
    for (let next = line[0]; next !== undefined; next = line[0]) {
      if (isTaken || (next.isAlone && users > 0)) return;
      line.shift();
      users++;
      isTaken = next.isAlone;
      next.start();
    }
  };
  const use = async <Result>(isAlone: boolean, work: () => Promise<Result>): Promise<Result> => {
    await new Promise<void>((start) => {
      line.push({ isAlone, start });
      startNext();
    });
    try {
      return await work();
    } finally {
      users--;
      if (isAlone) isTaken = false;
      startNext();
    }
  };
  return { shared: (work) => use(false, work), alone: (work) => use(true, work) };
}
